using System.Buffers;

using UsageCapture.Decoding;

namespace UsageCapture.Requests;

/// <summary>Removes the event that a server sends only because the handler asked for usage.</summary>
/// <remarks>
/// <para>
/// The decoder says for each event after the last finish reason where it ends and whether it is such an event. The tee calls
/// <see cref="Apply"/> for each piece with what the decoder said, and at the end <see cref="Complete"/>, or <see cref="Release"/> when
/// the body breaks.
/// </para>
/// <para>
/// Bytes before the last finish reason pass at once. Behind it the filter holds the bytes of an incomplete event until its end, unless its
/// first bytes show that it is another event. The line end of a removed event is removed with it.
/// </para>
/// </remarks>
/// <param name="removed">The ranges that are removed. A filter that begins when they are complete removes the same ones, without events.</param>
internal sealed class InjectedEventFilter(RemovedRanges removed)
{
    // An event of usage has a few hundred bytes. A longer event is passed on without waiting for its end.
    private const int MaxHeldLength = 64 * 1024;

    private const int HeadLength = 16;

    // What passes after the unchanged bytes of the piece, and what there is of an event that may be one of usage.
    private readonly ArrayBufferWriter<byte> _passed = new();
    private readonly ArrayBufferWriter<byte> _held = new();

    // Whether the next bytes may belong to an event of usage, and whether a part of the event at hand has been passed.
    private bool _mayHold;
    private bool _passedPart;

    // How the last event ended. A LF after a CR belongs to the same line end.
    private LineEnd _lastEnd;

    // The offsets in the body of the piece at hand and of the event at hand.
    private long _pieceStart;
    private long _eventStart;

    private readonly bool _repeats = removed.IsComplete;

    private enum LineEnd
    {
        Complete,
        CarriageReturnOfPassedEvent,
        CarriageReturnOfRemovedEvent,
    }

    /// <summary>Filters a piece.</summary>
    /// <param name="bytes">The piece.</param>
    /// <param name="beforeEndLength">The number of bytes that the caller may have at once.</param>
    /// <param name="events">The ends of the events after the last finish reason.</param>
    /// <param name="hasEnded">Whether the exchange has ended in this piece or before. What follows the events passes then.</param>
    public FilteredPiece Apply(ReadOnlySpan<byte> bytes, int beforeEndLength, ReadOnlySpan<EventEnd> events, bool hasEnded)
    {
        _passed.ResetWrittenCount();
        if (_repeats)
        {
            return Repeat(bytes, beforeEndLength);
        }

        // The bytes at the front of the piece that all pass. They stay in the caller's buffer.
        var front = new Front { IsOpen = _held.WrittenCount == 0 };
        int position = ReadLineFeed(bytes, 0, ref front);
        foreach (EventEnd end in events)
        {
            long eventEnd = _pieceStart + end.Offset;

            // An event that could not be held until its end stays, also when it comes in one piece.
            bool isRemoved = IsInjected(end) && !_passedPart && CanHold(bytes[position..end.Offset]);
            bool endsWithCarriageReturn = end.Offset > 0 && bytes[end.Offset - 1] == (byte)'\r';
            if (isRemoved)
            {
                front.IsOpen = false;
                _held.ResetWrittenCount();
                removed.Add(_eventStart, eventEnd);
            }
            else
            {
                Pass(bytes, position, end.Offset, ref front);
            }

            _lastEnd = !endsWithCarriageReturn ? LineEnd.Complete
                : isRemoved ? LineEnd.CarriageReturnOfRemovedEvent
                : LineEnd.CarriageReturnOfPassedEvent;
            _eventStart = eventEnd;
            position = ReadLineFeed(bytes, end.Offset, ref front);
            _mayHold = end.EveryChoiceFinished;
            _passedPart = false;
        }

        ReadOnlySpan<byte> rest = bytes[position..];
        if (_mayHold && !hasEnded && !_passedPart && CanHold(rest))
        {
            _held.Write(rest);
        }
        else
        {
            Pass(bytes, position, bytes.Length, ref front);
            _passedPart |= !rest.IsEmpty;
        }

        _pieceStart += bytes.Length;
        return MakePiece(bytes, front, beforeEndLength);
    }

    /// <summary>Ends the filtering at the end of the body.</summary>
    /// <param name="events">The event that the end of the body has completed, if there is one.</param>
    /// <returns>The bytes that were held and pass.</returns>
    public ReadOnlyMemory<byte> Complete(ReadOnlySpan<EventEnd> events)
    {
        if (events is [.., var end] && IsInjected(end) && _held.WrittenCount > 0)
        {
            _held.ResetWrittenCount();
            removed.Add(_eventStart, long.MaxValue);
        }

        removed.IsComplete = true;
        return Release();
    }

    /// <summary>Ends the filtering before the end of the body.</summary>
    /// <returns>The bytes that were held.</returns>
    public ReadOnlyMemory<byte> Release()
    {
        _passed.ResetWrittenCount();
        PassHeld();
        return _passed.WrittenMemory;
    }

    private static bool IsInjected(EventEnd end) => end is { IsUsageOnly: true, EveryChoiceFinished: true };

    private static byte[] Join(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second) => [.. first, .. second];

    /// <summary>Removes the ranges of a piece that were removed from the body before.</summary>
    private FilteredPiece Repeat(ReadOnlySpan<byte> bytes, int beforeEndLength)
    {
        var front = new Front { IsOpen = true };
        for (int position = 0; position < bytes.Length;)
        {
            bool isRemoved = removed.Contains(_pieceStart + position, out long nextChange);
            int end = (int)Math.Min(bytes.Length, nextChange - _pieceStart);
            front.IsOpen &= !isRemoved;
            if (!isRemoved)
            {
                Pass(bytes, position, end, ref front);
            }

            position = end;
        }

        _pieceStart += bytes.Length;
        return MakePiece(bytes, front, beforeEndLength);
    }

    private FilteredPiece MakePiece(ReadOnlySpan<byte> bytes, in Front front, int beforeEndLength)
    {
        int unchangedLength = Math.Min(front.Length, beforeEndLength);
        return new FilteredPiece(
            unchangedLength, unchangedLength == front.Length ? _passed.WrittenMemory : Join(bytes[unchangedLength..front.Length], _passed.WrittenSpan));
    }

    /// <summary>Passes the bytes of a range, with what was held of the same event.</summary>
    private void Pass(ReadOnlySpan<byte> bytes, int start, int end, ref Front front)
    {
        if (front.IsOpen)
        {
            front.Length = end;
            return;
        }

        PassHeld();
        _passed.Write(bytes[start..end]);
    }

    private void PassHeld()
    {
        _passed.Write(_held.WrittenSpan);
        _held.ResetWrittenCount();
    }

    /// <summary>Reads the LF of a CRLF whose CR ended the last event. It passes or is removed with the event.</summary>
    /// <returns>Offset after it.</returns>
    private int ReadLineFeed(ReadOnlySpan<byte> bytes, int position, ref Front front)
    {
        if (position == bytes.Length)
        {
            return position;
        }

        bool isLineFeed = _lastEnd != LineEnd.Complete && bytes[position] == (byte)'\n';
        if (isLineFeed && _lastEnd == LineEnd.CarriageReturnOfPassedEvent)
        {
            Pass(bytes, position, position + 1, ref front);
        }

        if (isLineFeed)
        {
            if (_lastEnd == LineEnd.CarriageReturnOfRemovedEvent)
            {
                front.IsOpen = false;
                removed.Add(_eventStart, _eventStart + 1);
            }

            _eventStart++;
        }

        _lastEnd = LineEnd.Complete;
        return isLineFeed ? position + 1 : position;
    }

    /// <summary>Gets whether an event may be one of usage, as far as its bytes go. The terminator is not.</summary>
    private bool CanHold(ReadOnlySpan<byte> bytes)
    {
        if (_held.WrittenCount + bytes.Length > MaxHeldLength)
        {
            return false;
        }

        // The first bytes show whether the data is a JSON object.
        Span<byte> head = stackalloc byte[HeadLength];
        int heldLength = Math.Min(_held.WrittenCount, head.Length);
        _held.WrittenSpan[..heldLength].CopyTo(head);
        int addedLength = Math.Min(bytes.Length, head.Length - heldLength);
        bytes[..addedLength].CopyTo(head[heldLength..]);
        ReadOnlySpan<byte> start = head[..(heldLength + addedLength)].TrimStart("\r\n"u8);
        return !start.StartsWith("data:"u8) || start[5..].TrimStart((byte)' ') is [] or [(byte)'{', ..];
    }

    /// <summary>The bytes at the front of a piece that pass.</summary>
    private struct Front
    {
        public int Length;

        // Whether nothing was removed or held yet, so that bytes that pass still belong to the front.
        public bool IsOpen;
    }
}
