using System.Buffers;

using UsageCapture.Decoding;

namespace UsageCapture.Requests;

/// <summary>Removes the event of an event stream that a server sends only because the handler asked for usage.</summary>
/// <remarks>
/// <para>
/// For each event after the last finish reason, the decoder says where the event ends and whether it reports only usage. The tee, the stream
/// that shows the caller's bytes to the decoder, calls <see cref="Apply"/> for each piece with these ends. At the end it calls
/// <see cref="Complete"/>, or <see cref="Release"/> when the body breaks.
/// </para>
/// <para>
/// To pass a byte is to deliver it to the caller; to hold a byte is to keep it until its event has ended. Bytes before the last finish
/// reason pass at once. After it the filter holds the bytes of an incomplete event, unless its first bytes show that it is no event of
/// usage. The line end of a removed event is removed with the event.
/// </para>
/// </remarks>
/// <param name="removedRanges">
/// The ranges that the first reading of the body removes. When they are complete, this is a later reading of the same body: the filter
/// removes the same ranges and ignores the events.
/// </param>
internal sealed class InjectedEventFilter(RemovedRanges removedRanges)
{
    // In bytes. An event of usage has a few hundred; the limit only bounds the memory. A longer event passes without waiting for its end.
    private const int MaxHeldLength = 64 * 1024;

    // Enough for some line ends, "data:", spaces and the first byte of the data.
    private const int MaxHeadLength = 16;

    // The bytes of this piece and of earlier ones that pass after the unchanged bytes at the front of the piece.
    private readonly ArrayBufferWriter<byte> _passedBytes = new();

    // The start of the current event, which may be an event of usage. It passes or is removed when the event ends.
    private readonly ArrayBufferWriter<byte> _heldBytes = new();

    private readonly bool _isLaterReading = removedRanges.IsComplete;

    // Whether every choice has finished, so that the current event may be one of usage.
    private bool _isAfterLastFinish;

    // Whether the caller has a part of the current event, so that the rest must pass, too.
    private bool _isEventPartlyPassed;

    // How the last event ended. A LF after a CR belongs to the same line end.
    private LineEnd _lastLineEnd;

    // Offset of the current piece in the body.
    private long _pieceStart;

    // Offset of the current event in the body.
    private long _eventStart;

    private enum LineEnd
    {
        Complete,
        CarriageReturnOfPassedEvent,
        CarriageReturnOfRemovedEvent,
    }

    /// <summary>Filters a piece.</summary>
    /// <param name="bytes">The piece.</param>
    /// <param name="releasableLength">
    /// The number of bytes at the front of the piece that need not wait. The bytes after them complete the response, so the tee delivers them
    /// after the record was published.
    /// </param>
    /// <param name="events">The ends of the events in this piece that come after the last finish reason, in the order of the piece.</param>
    /// <param name="hasEnded">Whether the exchange has ended in this piece or before. The bytes after the last event end pass then.</param>
    public FilteredPiece Apply(ReadOnlySpan<byte> bytes, int releasableLength, ReadOnlySpan<EventEnd> events, bool hasEnded)
    {
        _passedBytes.ResetWrittenCount();
        if (_isLaterReading)
        {
            return RemoveSameRanges(bytes, releasableLength);
        }

        var front = new Front { CanGrow = _heldBytes.WrittenCount == 0 };
        int position = ReadLineFeed(bytes, 0, ref front);
        foreach (EventEnd end in events)
        {
            long eventEnd = _pieceStart + end.Offset;

            // The same conditions as for holding, so that the result does not depend on how the body is cut into pieces.
            bool isRemoved = IsInjected(end) && CanHold(bytes[position..end.Offset]);
            bool endsWithCarriageReturn = end.Offset > 0 && bytes[end.Offset - 1] == (byte)'\r';
            if (isRemoved)
            {
                front.CanGrow = false;
                _heldBytes.ResetWrittenCount();
                removedRanges.Add(_eventStart, eventEnd);
            }
            else
            {
                Pass(bytes, position, end.Offset, ref front);
            }

            _lastLineEnd = !endsWithCarriageReturn ? LineEnd.Complete
                : isRemoved ? LineEnd.CarriageReturnOfRemovedEvent
                : LineEnd.CarriageReturnOfPassedEvent;
            _eventStart = eventEnd;
            position = ReadLineFeed(bytes, end.Offset, ref front);
            _isAfterLastFinish = end.EveryChoiceFinished;
            _isEventPartlyPassed = false;
        }

        ReadOnlySpan<byte> rest = bytes[position..];
        if (_isAfterLastFinish && !hasEnded && CanHold(rest))
        {
            _heldBytes.Write(rest);
        }
        else
        {
            Pass(bytes, position, bytes.Length, ref front);
            _isEventPartlyPassed |= !rest.IsEmpty;
        }

        _pieceStart += bytes.Length;
        return MakePiece(bytes, front, releasableLength);
    }

    /// <summary>Ends the filtering at the end of the body.</summary>
    /// <param name="events">The event that the end of the body has completed, if there is one.</param>
    /// <returns>The bytes that were held and pass.</returns>
    public ReadOnlyMemory<byte> Complete(ReadOnlySpan<EventEnd> events)
    {
        if (events is [.., var end] && IsInjected(end) && _heldBytes.WrittenCount > 0)
        {
            _heldBytes.ResetWrittenCount();
            removedRanges.Add(_eventStart, long.MaxValue);
        }

        removedRanges.IsComplete = true;
        return Release();
    }

    /// <summary>Ends the filtering before the end of the body.</summary>
    /// <returns>The bytes that were held.</returns>
    public ReadOnlyMemory<byte> Release()
    {
        _passedBytes.ResetWrittenCount();
        PassHeld();
        return _passedBytes.WrittenMemory;
    }

    private static bool IsInjected(EventEnd end) => end is { IsUsageOnly: true, EveryChoiceFinished: true };

    private static byte[] Join(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second) => [.. first, .. second];

    /// <summary>Filters a piece in a later reading of the body.</summary>
    private FilteredPiece RemoveSameRanges(ReadOnlySpan<byte> bytes, int releasableLength)
    {
        var front = new Front { CanGrow = true };
        for (int position = 0; position < bytes.Length;)
        {
            bool isRemoved = removedRanges.Contains(_pieceStart + position, out long nextBoundary);
            int end = (int)Math.Min(bytes.Length, nextBoundary - _pieceStart);
            front.CanGrow &= !isRemoved;
            if (!isRemoved)
            {
                Pass(bytes, position, end, ref front);
            }

            position = end;
        }

        _pieceStart += bytes.Length;
        return MakePiece(bytes, front, releasableLength);
    }

    private FilteredPiece MakePiece(ReadOnlySpan<byte> bytes, in Front front, int releasableLength)
    {
        int unchangedLength = Math.Min(front.Length, releasableLength);
        return new FilteredPiece(
            unchangedLength, unchangedLength == front.Length ? _passedBytes.WrittenMemory : Join(bytes[unchangedLength..front.Length], _passedBytes.WrittenSpan));
    }

    /// <summary>Passes the bytes of a range, after the held bytes of the same event.</summary>
    /// <remarks>While the front is open, each range begins where the one before ended, so the front only grows.</remarks>
    private void Pass(ReadOnlySpan<byte> bytes, int start, int end, ref Front front)
    {
        if (front.CanGrow)
        {
            front.Length = end;
            return;
        }

        PassHeld();
        _passedBytes.Write(bytes[start..end]);
    }

    private void PassHeld()
    {
        _passedBytes.Write(_heldBytes.WrittenSpan);
        _heldBytes.ResetWrittenCount();
    }

    /// <summary>Reads the LF of a CRLF whose CR ended the last event. The LF passes or is removed, as the event was.</summary>
    /// <returns>The offset after the LF; <paramref name="position"/> when there is no such LF.</returns>
    private int ReadLineFeed(ReadOnlySpan<byte> bytes, int position, ref Front front)
    {
        if (position == bytes.Length)
        {
            return position;
        }

        bool isLineFeed = _lastLineEnd != LineEnd.Complete && bytes[position] == (byte)'\n';
        if (isLineFeed && _lastLineEnd == LineEnd.CarriageReturnOfPassedEvent)
        {
            Pass(bytes, position, position + 1, ref front);
        }

        if (isLineFeed)
        {
            if (_lastLineEnd == LineEnd.CarriageReturnOfRemovedEvent)
            {
                front.CanGrow = false;
                removedRanges.Add(_eventStart, _eventStart + 1);
            }

            _eventStart++;
        }

        _lastLineEnd = LineEnd.Complete;
        return isLineFeed ? position + 1 : position;
    }

    /// <summary>Gets whether the current event can be held with these bytes added: no byte of it was passed, it is short, and it may report usage.</summary>
    private bool CanHold(ReadOnlySpan<byte> bytes) =>
        !_isEventPartlyPassed && _heldBytes.WrittenCount + bytes.Length <= MaxHeldLength && MayReportUsage(bytes);

    /// <summary>Gets whether the first bytes of the current event do not exclude that its data is a JSON object. They exclude the terminator.</summary>
    /// <param name="bytes">The bytes of the event that follow the held bytes.</param>
    private bool MayReportUsage(ReadOnlySpan<byte> bytes)
    {
        // The start of the event may be divided between the held bytes and these.
        Span<byte> head = stackalloc byte[MaxHeadLength];
        int heldLength = Math.Min(_heldBytes.WrittenCount, head.Length);
        _heldBytes.WrittenSpan[..heldLength].CopyTo(head);
        int addedLength = Math.Min(bytes.Length, head.Length - heldLength);
        bytes[..addedLength].CopyTo(head[heldLength..]);
        ReadOnlySpan<byte> start = head[..(heldLength + addedLength)].TrimStart("\r\n"u8);
        ReadOnlySpan<byte> dataField = "data:"u8;
        return !start.StartsWith(dataField) || start[dataField.Length..].TrimStart((byte)' ') is [] or [(byte)'{', ..];
    }

    /// <summary>The bytes at the front of a piece that all pass. They stay in the caller's buffer, so they are not copied.</summary>
    private struct Front
    {
        public int Length;

        // Whether no byte before the current position was removed or held, so that the front can grow.
        public bool CanGrow;
    }
}
