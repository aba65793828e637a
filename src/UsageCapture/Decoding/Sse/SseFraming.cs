using System.Runtime.CompilerServices;

namespace UsageCapture.Decoding;

/// <summary>A body of server-sent events, each with a JSON object as its data.</summary>
/// <remarks>
/// Most events of a stream say nothing new. The <see cref="RepeatedEventSkipper"/> compares them with earlier events and skips them. The
/// <see cref="SseDecoder"/> splits all other events, and the scanner reads their data. An event that lacks its blank line at the end of the
/// body is read too, because it may be the one with the usage.
/// </remarks>
internal sealed class SseFraming : BodyFraming
{
    // "[DONE]", the only terminator in use, has six bytes. Some servers put text after it, so only the first bytes are compared.
    // UsageReader.Terminator allows no longer one.
    private const int MaxFirstDataLength = 8;

    private readonly SseDecoder _decoder = new();
    private readonly RepeatedEventSkipper _skipper = new();

    // The ranges of the current event in which other events of its kind may differ, because no reader uses their content.
    private readonly VariableRangeList _variableRanges;

    // Null if the ends of events are not wanted.
    private readonly EventEndTracker? _tracker;

    // The first bytes of the current event's data, which may be the terminator. The length is zero as long as the event has no data.
    private FirstDataBytes _firstData;
    private int _firstDataLength;

    // Whether the next byte is the first of an event.
    private bool _isBetweenEvents = true;

    // Offset of the current event in the piece; null when it began in an earlier piece.
    private int? _eventStart;

    // Whether the byte before the current event was a CR. A LF at its start is then the second half of a CRLF.
    private bool _eventStartsAfterCarriageReturn;

    // The same for all events that the skipper has learned. It compares bytes, so it may skip only events that begin as those did.
    private bool _templatesStartAfterCarriageReturn;

    // Whether the response has said that it is complete: with the terminator, or in a document.
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

    private bool IsTerminator => !Handler.Terminator.IsEmpty && ((ReadOnlySpan<byte>)_firstData)[.._firstDataLength].StartsWith(Handler.Terminator);

    // The tracker needs each event once every choice (alternative answer) has finished. Only a few events follow then.
    private bool CanSkipEvents =>
        _tracker is not { EveryChoiceFinished: true } && _decoder.IsAfterCarriageReturn == _templatesStartAfterCarriageReturn;

    public override DecodedPiece Append(ReadOnlySpan<byte> bytes)
    {
        BeginPiece();
        int position = 0;
        if (_skipper.HasPartialEvent)
        {
            // Zero, and still a partial event: the event is not known after all. Otherwise whole events were skipped, or all bytes.
            position = _skipper.SkipKnownEvents(bytes);
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

        return new DecodedPiece(ResponseProgress.InProgress, EndOffset: 0, _tracker?.GetEnds());
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

    /// <summary>Reads the events in a piece of the body.</summary>
    /// <param name="bytes">The piece.</param>
    /// <param name="position">Where to start: at an event, or in the event that began in an earlier piece.</param>
    private DecodedPiece Read(ReadOnlySpan<byte> bytes, int position)
    {
        // Where the current event's data begins in the piece; zero when it began in an earlier piece.
        int dataStart = 0;
        int endOffset = 0;
        bool hadEndedBefore = _hasEnded;
        while (position < bytes.Length)
        {
            if (_isBetweenEvents)
            {
                position += CanSkipEvents ? _skipper.SkipKnownEvents(bytes[position..]) : 0;
                if (position == bytes.Length)
                {
                    break;
                }

                BeginEvent(position);
            }

            // One event. At its end, the outer loop looks first whether the next event can be skipped.
            ReadOnlySpan<byte> rest = bytes[position..];
            while (!_isBetweenEvents && _decoder.TryRead(ref rest, out SseToken token, out ReadOnlySpan<byte> data))
            {
                position = bytes.Length - rest.Length;
                ReportStrayLine();
                var effects = DocumentEffects.None;
                switch (token)
                {
                    case SseToken.Data:
                        dataStart = _firstDataLength == 0 ? position - data.Length : dataStart;
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

                if (MustStop(effects))
                {
                    return new DecodedPiece(ResponseProgress.Complete, dataStart, _tracker?.GetEnds());
                }

                if (_hasEnded && !hadEndedBefore)
                {
                    hadEndedBefore = true;
                    endOffset = dataStart;
                }
            }

            position = bytes.Length - rest.Length;
            ReportStrayLine();
        }

        return new DecodedPiece(_hasEnded ? ResponseProgress.EndedWithoutUsage : ResponseProgress.InProgress, endOffset, _tracker?.GetEnds());
    }

    private void BeginEvent(int position)
    {
        _isBetweenEvents = false;
        _eventStart = position;
        _eventStartsAfterCarriageReturn = _decoder.IsAfterCarriageReturn;
    }

    private void ReportStrayLine()
    {
        if (_decoder.ConsumeStrayLine())
        {
            Handler.AddIssues(DecodingIssues.UndecodableDocument);
        }
    }

    /// <summary>Reads a piece of the event's data.</summary>
    /// <param name="data">The piece of data.</param>
    /// <param name="offset">Offset of this data in the piece of the body.</param>
    private void ReadData(ReadOnlySpan<byte> data, int offset)
    {
        int length = Math.Min(data.Length, MaxFirstDataLength - _firstDataLength);
        data[..length].CopyTo(_firstData[_firstDataLength..]);
        _firstDataLength += length;

        // The offset in the event is needed only to learn the event, which is possible only when the whole event is in this piece.
        Scan(data, _eventStart is { } start ? offset - start : 0);
    }

    /// <summary>Handles the end of a data line. The terminator counts here: a blank line after it may be missing.</summary>
    private DocumentEffects EndDataLine()
    {
        DocumentEffects effects = IsTerminator ? Handler.HandleEnd() : DocumentEffects.None;
        UpdateHasEnded(effects);
        Scan("\n"u8); // The standard joins the data lines of an event with a line feed.
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
            UpdateHasEnded(effects);
            LearnOrClear(wholeEvent, isNew: (effects & DocumentEffects.NewInformation) != DocumentEffects.None);
        }
        else if (_firstDataLength > 0 && !IsTerminator)
        {
            Handler.AddIssues(DecodingIssues.UndecodableDocument);
        }

        _tracker?.Track(end, effects, hasDocument);
        _firstDataLength = 0;
        _isBetweenEvents = true;
        Scanner.Reset();
        return effects;
    }

    private void UpdateHasEnded(DocumentEffects effects) => _hasEnded |= (effects & DocumentEffects.Ended) != DocumentEffects.None;

    /// <summary>Lets the skipper learn an event that said nothing new. Clears the skipper after an event that said something new.</summary>
    private void LearnOrClear(ReadOnlySpan<byte> wholeEvent, bool isNew)
    {
        if (isNew)
        {
            _skipper.Clear();
            return;
        }

        // The event must end as it began, with or without a pending LF, so that the next event of the same bytes begins in the same way.
        bool canLearn = !wholeEvent.IsEmpty && _variableRanges.IsComplete && _eventStartsAfterCarriageReturn == _decoder.IsAfterCarriageReturn;
        if (!canLearn)
        {
            return;
        }

        if (_templatesStartAfterCarriageReturn != _eventStartsAfterCarriageReturn)
        {
            _skipper.Clear();
            _templatesStartAfterCarriageReturn = _eventStartsAfterCarriageReturn;
        }

        _skipper.Learn(wholeEvent, _variableRanges.Ranges);
    }

    // An array in the object itself, so that it needs no allocation.
    [InlineArray(MaxFirstDataLength)]
    private struct FirstDataBytes
    {
        private byte _first;
    }
}
