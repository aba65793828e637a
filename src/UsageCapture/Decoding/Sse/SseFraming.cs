using System.Runtime.CompilerServices;

namespace UsageCapture.Decoding;

/// <summary>A body of server-sent events, each with a JSON object as its data.</summary>
/// <remarks>
/// Most events of a stream say nothing new. They are skipped by comparing them with those before, see <see cref="RepeatedEventSkipper"/>.
/// All others are split by the <see cref="SseDecoder"/>, and the scanner reads their data. An event that lacks its blank line at the end
/// of the body is read too, because it may be the one with the usage.
/// </remarks>
internal sealed class SseFraming : BodyFraming
{
    // "[DONE]", the only terminator in use, has six bytes. Some servers put text after it, so only the first bytes are compared.
    private const int HeadSize = 8;

    private readonly SseDecoder _decoder = new();
    private readonly RepeatedEventSkipper _skipper = new();

    // The ranges of the event at hand in which other events of its kind may differ.
    private readonly VariableRangeList _variableRanges;

    // Null when the ends of events are not wanted.
    private readonly EventEndTracker? _tracker;

    // The first bytes of the event's data, which may be the terminator. Their number is zero as long as the event has no data.
    private Head _head;
    private int _headLength;

    // Whether the next byte is the first of an event.
    private bool _isBetweenEvents = true;

    // Offset of the event at hand in the piece; null when it began in an earlier piece.
    private int? _eventStart;

    // Whether the byte before the event at hand was a CR, so that a LF at its start is the second half of a CRLF. The skipper compares
    // bytes, so it may compare only events that begin in the same way as those that it learned.
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
        _tracker = tracksEvents ? new EventEndTracker() : null;
    }

    public override bool IsStream => true;

    private bool IsTerminator => !Handler.Terminator.IsEmpty && ((ReadOnlySpan<byte>)_head)[.._headLength].StartsWith(Handler.Terminator);

    // Once every choice has finished the tracker needs each event, and only a few follow.
    private bool CanSkip =>
        _tracker is not { EveryChoiceFinished: true } && _decoder.IsAfterCarriageReturn == _learnedAfterCarriageReturn;

    public override DecodedPiece Append(ReadOnlySpan<byte> bytes)
    {
        BeginPiece();
        int position = 0;
        if (_skipper.HasPartialEvent)
        {
            position = _skipper.SkipKnown(bytes);
            bool stoppedMatching = position < bytes.Length && _skipper.HasPartialEvent;
            if (stoppedMatching)
            {
                ReadSkippedBytes();
            }
        }

        return Read(bytes, position);
    }

    public override DecodedPiece Complete()
    {
        BeginPiece();
        if (_skipper.HasPartialEvent)
        {
            ReadSkippedBytes();
        }

        if (_decoder.HasOpenEvent)
        {
            EndDataLine();
            EndEvent(wholeEvent: [], end: 0);
        }

        if (!_hasEnded && !Handler.Terminator.IsEmpty)
        {
            Handler.AddIssues(DecodingIssues.MissingTerminator);
        }

        return new DecodedPiece(ResponseProgress.GoesOn, EndOffset: 0, _tracker?.GetEnds());
    }

    public override void Release()
    {
        base.Release();
        _skipper.Clear();
        _variableRanges.Release();
    }

    private void BeginPiece()
    {
        _eventStart = null;
        _tracker?.BeginPiece();
    }

    /// <summary>Reads the bytes that were skipped of an event that turned out to be unlike those before.</summary>
    /// <remarks>They are the beginning of one event, so they complete no document, and nothing stops the decoding in them.</remarks>
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
        bool hadEnded = _hasEnded;
        int endOffset = 0;
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
                NoteStrayLine();
                var effects = DocumentEffects.None;
                switch (token)
                {
                    case SseToken.Data:
                        dataStart = _headLength == 0 ? position - data.Length : dataStart;
                        ReadData(data, position - data.Length);
                        break;
                    case SseToken.EndOfDataLine:
                        effects = EndDataLine();
                        break;
                    case SseToken.EndOfEvent:
                        effects = EndEvent(_eventStart is { } start ? bytes[start..position] : [], position);
                        break;
                    case SseToken.EndOfEmptyEvent:
                        _isBetweenEvents = true;
                        _tracker?.Track(position, DocumentEffects.None, hasDocument: false);
                        break;
                }

                if (Stops(effects))
                {
                    return new DecodedPiece(ResponseProgress.Complete, dataStart, _tracker?.GetEnds());
                }

                if (_hasEnded && !hadEnded)
                {
                    hadEnded = true;
                    endOffset = dataStart;
                }
            }

            position = bytes.Length - rest.Length;
            NoteStrayLine();
        }

        return new DecodedPiece(_hasEnded ? ResponseProgress.EndedWithoutUsage : ResponseProgress.GoesOn, endOffset, _tracker?.GetEnds());
    }

    private void NoteStrayLine()
    {
        if (_decoder.TakeStrayLine())
        {
            Handler.AddIssues(DecodingIssues.UndecodableDocument);
        }
    }

    /// <summary>Reads a piece of the event's data.</summary>
    /// <param name="data">The piece of data.</param>
    /// <param name="offset">Offset of the data in the piece of the body.</param>
    private void ReadData(ReadOnlySpan<byte> data, int offset)
    {
        int length = Math.Min(data.Length, HeadSize - _headLength);
        data[..length].CopyTo(_head[_headLength..]);
        _headLength += length;

        // The offset in the event serves to learn it, which is possible only when the whole event is in this piece.
        Scan(data, _eventStart is { } start ? offset - start : 0);
    }

    private DocumentEffects EndDataLine()
    {
        DocumentEffects effects = IsTerminator ? Handler.HandleEnd() : DocumentEffects.None;
        NoteEnd(effects);
        Scan("\n"u8);
        return effects;
    }

    /// <summary>Handles an event at its blank line.</summary>
    /// <param name="wholeEvent">The bytes of the event; empty when it began in an earlier piece.</param>
    /// <param name="end">Offset after the event in the piece.</param>
    private DocumentEffects EndEvent(ReadOnlySpan<byte> wholeEvent, int end)
    {
        var effects = DocumentEffects.None;
        bool hasDocument = Scanner.IsComplete && !IsTerminator;
        if (hasDocument)
        {
            effects = HandleDocument();
            NoteEnd(effects);
            LearnOrForget(wholeEvent, isNew: (effects & DocumentEffects.New) != DocumentEffects.None);
        }
        else if (_headLength > 0 && !IsTerminator)
        {
            Handler.AddIssues(DecodingIssues.UndecodableDocument);
        }

        _tracker?.Track(end, effects, hasDocument);
        _headLength = 0;
        _isBetweenEvents = true;
        Scanner.Reset();
        return effects;
    }

    private void NoteEnd(DocumentEffects effects) => _hasEnded |= (effects & DocumentEffects.Ended) != DocumentEffects.None;

    private void LearnOrForget(ReadOnlySpan<byte> wholeEvent, bool isNew)
    {
        if (isNew)
        {
            _skipper.Clear();
            return;
        }

        bool canLearn = !wholeEvent.IsEmpty && _variableRanges.IsComplete && _startsAfterCarriageReturn == _decoder.IsAfterCarriageReturn;
        if (!canLearn)
        {
            return;
        }

        if (_learnedAfterCarriageReturn != _startsAfterCarriageReturn)
        {
            _skipper.Clear();
            _learnedAfterCarriageReturn = _startsAfterCarriageReturn;
        }

        _skipper.Learn(wholeEvent, _variableRanges.Ranges);
    }

    [InlineArray(HeadSize)]
    private struct Head
    {
        private byte _first;
    }
}
