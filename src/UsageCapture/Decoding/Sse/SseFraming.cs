using System.Runtime.CompilerServices;

namespace UsageCapture.Decoding;

/// <summary>A body of server-sent events, each with a JSON object as its data.</summary>
/// <remarks>
/// Most events of a stream say nothing new. They are skipped by comparing them with those before, see <see cref="RepeatedEventSkipper"/>.
/// An event that lacks its blank line at the end of the body is read too, because it may be the one with the usage.
/// </remarks>
internal sealed class SseFraming : BodyFraming
{
    // Room for the longest terminator, "[DONE]". Some servers put text behind it.
    private const int HeadSize = 8;

    // The offset of something that began in an earlier piece.
    private const int Earlier = -1;

    private readonly SseDecoder _decoder = new();
    private readonly RepeatedEventSkipper _skipper = new();
    private readonly VariableRangeList _variableRanges;

    // The ends of the piece's events since every choice had finished; null when events are not tracked.
    private readonly List<EventEnd>? _ends;
    private bool _choicesFinished;

    // The first bytes of the event's data, which may be the terminator. No bytes: the event has no data so far.
    private Head _head;
    private int _headLength;

    // Whether the next byte is the first of an event.
    private bool _isBetweenEvents = true;

    // Where the event at hand begins in the piece, and whether a LF there would belong to the line before. The skipper compares only
    // events that begin in the same way as those that it learned.
    private int _eventStart;
    private bool _startsAfterCarriageReturn;
    private bool _learnedAfterCarriageReturn;

    private bool _hasEnded;

    /// <summary>Prepares to decode a body.</summary>
    /// <param name="handler">Receives the documents.</param>
    /// <param name="tracksEvents">Whether <see cref="DecodedPiece.Events"/> are wanted.</param>
    public SseFraming(IDocumentHandler handler, bool tracksEvents)
        : this(handler, tracksEvents, new VariableRangeList())
    {
    }

    private SseFraming(IDocumentHandler handler, bool tracksEvents, VariableRangeList variableRanges)
        : base(handler, variableRanges)
    {
        _variableRanges = variableRanges;
        _ends = tracksEvents ? [] : null;
    }

    public override bool IsStream => true;

    private bool IsTerminator => !Handler.Terminator.IsEmpty && ((ReadOnlySpan<byte>)_head)[.._headLength].StartsWith(Handler.Terminator);

    // Behind the last finish reason each event counts, and there are few of them.
    private bool CanSkip => (_ends is null || !_choicesFinished) && _decoder.IsAfterCarriageReturn == _learnedAfterCarriageReturn;

    public override DecodedPiece Append(ReadOnlySpan<byte> bytes)
    {
        _eventStart = Earlier;
        _ends?.Clear();
        int position = 0;
        if (_skipper.HasPartialEvent)
        {
            position = _skipper.SkipKnown(bytes);
            if (position < bytes.Length && _skipper.HasPartialEvent)
            {
                ReadSkippedBytes();
            }
        }

        return Read(bytes, position);
    }

    public override DecodedPiece Complete()
    {
        _eventStart = Earlier;
        _ends?.Clear();
        if (_skipper.HasPartialEvent)
        {
            ReadSkippedBytes();
        }

        if (_decoder.HasOpenEvent)
        {
            EndDataLine();
            EndEvent([], 0);
        }

        if (!_hasEnded && !Handler.Terminator.IsEmpty)
        {
            Handler.AddIssues(DecodingIssues.MissingTerminator);
        }

        return new DecodedPiece(StopsAt: null, EventEnds());
    }

    public override void Release()
    {
        base.Release();
        _skipper.Clear();
        _variableRanges.Release();
    }

    /// <summary>Reads the bytes that were skipped of an event that turned out to be unlike those before.</summary>
    private void ReadSkippedBytes()
    {
        _isBetweenEvents = false;
        foreach (ReadOnlyMemory<byte> piece in _skipper.RestoreSkippedBytes())
        {
            Read(piece.Span, 0);
        }
    }

    private DecodedPiece Read(ReadOnlySpan<byte> bytes, int position)
    {
        int dataStart = 0;
        while (position < bytes.Length)
        {
            if (_isBetweenEvents)
            {
                position += CanSkip ? _skipper.SkipKnown(bytes[position..]) : 0;
                if (position == bytes.Length)
                {
                    break;
                }

                _isBetweenEvents = false;
                _eventStart = position;
                _startsAfterCarriageReturn = _decoder.IsAfterCarriageReturn;
            }

            ReadOnlySpan<byte> rest = bytes[position..];
            while (!_isBetweenEvents && _decoder.TryRead(ref rest, out SseToken token, out ReadOnlySpan<byte> data))
            {
                position = bytes.Length - rest.Length;
                DocumentEffects effects = DocumentEffects.None;
                switch (token)
                {
                    case SseToken.Data:
                        dataStart = _headLength == 0 ? position - data.Length : dataStart;
                        KeepHead(data);
                        Scan(data, position - data.Length - _eventStart);
                        break;
                    case SseToken.EndOfDataLine:
                        effects = EndDataLine();
                        break;
                    case SseToken.EndOfEvent:
                        effects = EndEvent(_eventStart == Earlier ? [] : bytes[_eventStart..position], position);
                        break;
                    default:
                        _isBetweenEvents = true;
                        TrackEvent(position, isUsageOnly: false, _choicesFinished);
                        break;
                }

                if (Stops(effects))
                {
                    return new DecodedPiece(dataStart, EventEnds());
                }
            }

            position = bytes.Length - rest.Length;
        }

        return new DecodedPiece(StopsAt: null, EventEnds());
    }

    private void KeepHead(ReadOnlySpan<byte> data)
    {
        int length = Math.Min(data.Length, HeadSize - _headLength);
        data[..length].CopyTo(_head[_headLength..]);
        _headLength += length;
    }

    private DocumentEffects EndDataLine()
    {
        DocumentEffects effects = IsTerminator ? Handler.HandleEnd() : DocumentEffects.None;
        _hasEnded |= (effects & DocumentEffects.Ended) != DocumentEffects.None;
        Scan("\n"u8);
        return effects;
    }

    /// <summary>Handles an event at its blank line.</summary>
    /// <param name="bytes">The whole event; empty when it began in an earlier piece.</param>
    /// <param name="end">Offset behind the event in the piece.</param>
    private DocumentEffects EndEvent(ReadOnlySpan<byte> bytes, int end)
    {
        DocumentEffects effects = DocumentEffects.None;
        bool choicesFinished = _choicesFinished;
        if (Scanner.IsComplete && !IsTerminator)
        {
            effects = HandleDocument();
            _hasEnded |= (effects & DocumentEffects.Ended) != DocumentEffects.None;
            choicesFinished = (effects & DocumentEffects.ChoicesFinished) != DocumentEffects.None;
            if ((effects & DocumentEffects.New) != DocumentEffects.None)
            {
                _skipper.Clear();
            }
            else
            {
                Learn(bytes);
            }
        }
        else if (_headLength > 0 && !IsTerminator)
        {
            Handler.AddIssues(DecodingIssues.UndecodableDocument);
        }

        TrackEvent(end, (effects & DocumentEffects.UsageOnly) != DocumentEffects.None, choicesFinished);
        _headLength = 0;
        _isBetweenEvents = true;
        Scanner.Reset();
        return effects;
    }

    private void Learn(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty || !_variableRanges.IsComplete || _startsAfterCarriageReturn != _decoder.IsAfterCarriageReturn)
        {
            return;
        }

        if (_learnedAfterCarriageReturn != _startsAfterCarriageReturn)
        {
            _skipper.Clear();
            _learnedAfterCarriageReturn = _startsAfterCarriageReturn;
        }

        _skipper.Learn(bytes, _variableRanges.Ranges);
    }

    private void TrackEvent(int end, bool isUsageOnly, bool choicesFinished)
    {
        if (_choicesFinished || choicesFinished)
        {
            _ends?.Add(new EventEnd(end, isUsageOnly, choicesFinished));
        }

        _choicesFinished = choicesFinished;
    }

    private EventEnd[]? EventEnds() => _ends is { Count: > 0 } ? [.. _ends] : null;

    [InlineArray(HeadSize)]
    private struct Head
    {
        private byte _first;
    }
}
