using System.Buffers;

using UsageCapture.Decoding;

namespace UsageCapture.Requests;

/// <summary>Removes the event that a server sends only because the handler asked for usage.</summary>
/// <remarks>
/// <para>
/// The decoder says for each event behind the last finish reason where it ends and whether it is such an event. The tee calls
/// <see cref="Apply"/> for each piece with what the decoder said, and at the end <see cref="Complete"/>, or <see cref="Release"/> when
/// the body breaks.
/// </para>
/// <para>
/// Bytes before the last finish reason pass at once. Behind it the filter holds the bytes of an incomplete event until its end, unless its
/// first bytes show that it is another event. The line end of a removed event is removed with it.
/// </para>
/// </remarks>
internal sealed class InjectedEventFilter
{
    // An event of usage has a few hundred bytes. A longer event is passed on without waiting for its end.
    private const int MaxHeldLength = 64 * 1024;

    private const int HeadLength = 16;

    // What passes behind the unchanged bytes of the piece, and what there is of an event that may be one of usage.
    private readonly ArrayBufferWriter<byte> _passed = new();
    private readonly ArrayBufferWriter<byte> _held = new();

    // Whether the next bytes may belong to an event of usage.
    private bool _mayHold;

    // Whether a removed event ended with a CR. A LF behind it belongs to the same line end.
    private bool _removesLineFeed;

    /// <summary>Filters a piece.</summary>
    /// <param name="bytes">The piece.</param>
    /// <param name="beforeEnd">The number of bytes that the caller may have at once.</param>
    /// <param name="events">The ends of the events behind the last finish reason.</param>
    /// <param name="hasEnded">Whether the exchange has ended in this piece or before. What follows the events passes then.</param>
    public FilteredPiece Apply(ReadOnlySpan<byte> bytes, int beforeEnd, ReadOnlySpan<EventEnd> events, bool hasEnded)
    {
        _passed.ResetWrittenCount();
        int position = SkipLineFeed(bytes, 0);

        // The bytes at the front of the piece that all pass.
        int front = 0;
        bool isAtFront = position == 0 && _held.WrittenCount == 0;
        foreach (EventEnd end in events)
        {
            bool isRemoved = end is { IsUsageOnly: true, ChoicesFinished: true };
            if (isRemoved)
            {
                _held.ResetWrittenCount();
                _removesLineFeed = end.Offset > 0 && bytes[end.Offset - 1] == (byte)'\r';
            }
            else
            {
                Pass(bytes, position, end.Offset, ref front, isAtFront);
            }

            isAtFront &= !isRemoved;
            position = SkipLineFeed(bytes, end.Offset);
            _mayHold = end.ChoicesFinished;
        }

        _mayHold &= !hasEnded;
        if (_mayHold && CanHold(bytes[position..]))
        {
            _held.Write(bytes[position..]);
        }
        else
        {
            _mayHold = false;
            Pass(bytes, position, bytes.Length, ref front, isAtFront);
        }

        int unchanged = Math.Min(front, beforeEnd);
        return new FilteredPiece(unchanged, unchanged == front ? _passed.WrittenMemory : Join(bytes[unchanged..front], _passed.WrittenSpan));
    }

    /// <summary>Ends the filtering at the end of the body.</summary>
    /// <param name="events">The event that the end of the body has completed, if there is one.</param>
    /// <returns>The bytes that were held and pass.</returns>
    public ReadOnlyMemory<byte> Complete(ReadOnlySpan<EventEnd> events)
    {
        if (events is [.., { IsUsageOnly: true, ChoicesFinished: true }])
        {
            _held.ResetWrittenCount();
        }

        return Release();
    }

    /// <summary>Ends the filtering before the end of the body.</summary>
    /// <returns>The bytes that were held.</returns>
    public ReadOnlyMemory<byte> Release()
    {
        _passed.ResetWrittenCount();
        PassHeld();
        _mayHold = false;
        return _passed.WrittenMemory;
    }

    private static byte[] Join(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second) => [.. first, .. second];

    /// <summary>Passes the bytes of a range, with what was held of the same event.</summary>
    private void Pass(ReadOnlySpan<byte> bytes, int start, int end, ref int front, bool isAtFront)
    {
        if (isAtFront)
        {
            front = end;
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

    private int SkipLineFeed(ReadOnlySpan<byte> bytes, int position)
    {
        if (!_removesLineFeed || position == bytes.Length)
        {
            return position;
        }

        _removesLineFeed = false;
        return bytes[position] == (byte)'\n' ? position + 1 : position;
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
}
