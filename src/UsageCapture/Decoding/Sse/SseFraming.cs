namespace UsageCapture.Decoding;

/// <summary>A body of server-sent events, each with a JSON object for its data.</summary>
/// <remarks>
/// Most events of a stream say nothing new: they are passed over by comparing them with those before, see <see cref="RepeatedEventSkipper"/>.
/// An event that is left open at the end of the body is read all the same, for it may be the one with the usage.
/// </remarks>
internal sealed class SseFraming : BodyFraming
{
    // Room for the longest terminator, "[DONE]"; some servers put text behind it.
    private const int HeadSize = 8;

    private readonly SseDecoder _decoder = new();
    private readonly RepeatedEventSkipper _patterns = new();
    private readonly VariableRangeList _holes;
    private readonly byte[] _head = new byte[HeadSize];

    // How many bytes of the event's data so far are kept, for they may be the terminator. Zero: the event has no data so far.
    private int _headLength;

    // Whether the next byte is the first of an event, or of what stands before one.
    private bool _isBetweenEvents = true;

    // Where the event that is being read begins in the piece at hand; -1 when it began in an earlier one. And whether a LF there would
    // belong to the line before, which must be so for what the patterns were learned from as well.
    private int _eventStart;
    private bool _startsAfterCarriageReturn;
    private bool _patternsStartAfterCarriageReturn;

    public SseFraming(IDocumentHandler reader)
        : this(reader, new VariableRangeList())
    {
    }

    private SseFraming(IDocumentHandler reader, VariableRangeList holes)
        : base(reader, holes) => _holes = holes;

    public override bool IsStream => true;

    private bool IsTerminator =>
        !Reader.Terminator.IsEmpty && _head.AsSpan(0, _headLength).StartsWith(Reader.Terminator);

    public override int Append(ReadOnlySpan<byte> bytes)
    {
        _eventStart = -1;
        FinishedAt = FinishedAt is null ? null : 0;
        int position = 0;
        if (_patterns.HasPartialEvent)
        {
            position = _patterns.SkipKnown(bytes);
            if (position < bytes.Length && _patterns.HasPartialEvent)
            {
                TakeBack();
            }
        }

        return Read(bytes, position);
    }

    public override void Complete()
    {
        if (_patterns.HasPartialEvent)
        {
            TakeBack();
        }

        if (_decoder.HasOpenEvent)
        {
            EndDataLine();
            EndEvent([]);
        }

        if (!Reader.HasEnded && !Reader.Terminator.IsEmpty)
        {
            Reader.Flag(UsageAnomalies.NoTerminator);
        }
    }

    public override void Release()
    {
        base.Release();
        _patterns.Clear();
        _holes.Release();
    }

    /// <summary>Reads, after all, what was passed over of an event that has turned out to be of no known kind.</summary>
    private void TakeBack()
    {
        _isBetweenEvents = false;
        foreach (ReadOnlyMemory<byte> piece in _patterns.RestoreSkippedBytes())
        {
            Read(piece.Span, 0);
        }
    }

    private int Read(ReadOnlySpan<byte> bytes, int position)
    {
        int end = bytes.Length;
        int dataStart = 0;
        while (position < bytes.Length)
        {
            if (_isBetweenEvents)
            {
                position += PassKnownEvents(bytes[position..]);
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
                bool hadEnded = Reader.HasEnded;
                switch (token)
                {
                    case SseToken.Data:
                        dataStart = _headLength == 0 ? position - data.Length : dataStart;
                        Compare(data);
                        Scan(data, position - data.Length - _eventStart);
                        break;
                    case SseToken.EndOfDataLine:
                        EndDataLine();
                        break;
                    default:
                        if (EndEvent(_eventStart < 0 ? [] : bytes[_eventStart..position]))
                        {
                            FinishedAt = Reader.EveryChoiceFinished ? FinishedAt ?? position : null;
                        }

                        break;
                }

                end = Reader.HasEnded && !hadEnded ? dataStart : end;
            }

            position = bytes.Length - rest.Length;
        }

        return end;
    }

    private int PassKnownEvents(ReadOnlySpan<byte> bytes) =>
        _decoder.IsAfterCarriageReturn == _patternsStartAfterCarriageReturn ? _patterns.SkipKnown(bytes) : 0;

    /// <summary>Keeps the first bytes of an event's data, which may be the terminator.</summary>
    private void Compare(ReadOnlySpan<byte> data)
    {
        int length = Math.Min(data.Length, _head.Length - _headLength);
        data[..length].CopyTo(_head.AsSpan(_headLength));
        _headLength += length;
    }

    private void EndDataLine()
    {
        if (IsTerminator)
        {
            Reader.End();
        }

        Scan("\n"u8);
    }

    /// <returns>Whether the event said anything new.</returns>
    private bool EndEvent(ReadOnlySpan<byte> bytes)
    {
        bool isNew = false;
        if (Scanner.IsComplete && !IsTerminator)
        {
            isNew = ReadDocument();
            if (isNew)
            {
                _patterns.Clear();
            }
            else
            {
                Learn(bytes);
            }
        }
        else if (_headLength > 0 && !IsTerminator)
        {
            Reader.Flag(UsageAnomalies.UndecodableEvent);
        }

        _headLength = 0;
        _isBetweenEvents = true;
        Scanner.Reset();
        return isNew;
    }

    private void Learn(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty || !_holes.IsComplete || _startsAfterCarriageReturn != _decoder.IsAfterCarriageReturn)
        {
            return;
        }

        if (_patternsStartAfterCarriageReturn != _startsAfterCarriageReturn)
        {
            _patterns.Clear();
            _patternsStartAfterCarriageReturn = _startsAfterCarriageReturn;
        }

        _patterns.Learn(bytes, _holes.Ranges);
    }
}
