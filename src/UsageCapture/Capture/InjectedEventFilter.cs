using System.Buffers;

namespace UsageCapture.Capture;

/// <summary>Takes the events out of a stream that report nothing but usage, once every choice has finished.</summary>
/// <remarks>
/// It is pushed bytes cut anywhere. Until every choice has finished, they are passed on as they come; from then on an event is held
/// until its blank line, unless its first bytes show that it is another. Lines end in LF, CRLF or CR, and the line ends of an event that
/// is taken out go with it. An event too long to be one of usage is passed on.
/// </remarks>
internal sealed class InjectedEventFilter
{
    private const int MaxEvent = 64 * 1024;

    private readonly ChoiceProgress _choices = new();

    // The event so far, for its end decides whether it is passed on, and what it says of the choices.
    private readonly ArrayBufferWriter<byte> _event = new();
    private bool _isHeld;
    private bool _isTooLong;
    private bool _lineIsEmpty = true;
    private bool _isAfterCarriageReturn;
    private bool _isBetweenEvents = true;
    private bool _lastWasTakenOut;

    /// <summary>Takes the next bytes.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="passed">Where those go that are passed on.</param>
    public void Append(ReadOnlySpan<byte> bytes, IBufferWriter<byte> passed)
    {
        while (!bytes.IsEmpty)
        {
            if (_isAfterCarriageReturn)
            {
                _isAfterCarriageReturn = false;
                if (bytes[0] == (byte)'\n')
                {
                    TakeLineFeed(passed);
                    bytes = bytes[1..];
                    continue;
                }
            }

            int length = bytes.IndexOfAny((byte)'\n', (byte)'\r');
            ReadOnlySpan<byte> piece = length < 0 ? bytes : bytes[..(length + 1)];
            bytes = bytes[piece.Length..];
            _isBetweenEvents = false;
            Take(piece, passed);
            bool isBlank = _lineIsEmpty && length == 0;
            _lineIsEmpty = length >= 0;
            _isAfterCarriageReturn = piece[^1] == (byte)'\r';
            if (isBlank)
            {
                EndEvent(passed);
            }
        }
    }

    /// <summary>Takes the end of the body, which ends an event that has no blank line.</summary>
    public void Complete(IBufferWriter<byte> passed) => EndEvent(passed);

    /// <summary>Passes on what is held.</summary>
    public void Flush(IBufferWriter<byte> passed)
    {
        if (_isHeld)
        {
            passed.Write(_event.WrittenSpan);
            _isHeld = false;
        }
    }

    /// <summary>Takes the LF of a CRLF, which belongs to the line before it.</summary>
    private void TakeLineFeed(IBufferWriter<byte> passed)
    {
        if (!_isBetweenEvents)
        {
            Take("\n"u8, passed);
        }
        else if (!_lastWasTakenOut)
        {
            passed.Write("\n"u8);
        }
    }

    private void Take(ReadOnlySpan<byte> piece, IBufferWriter<byte> passed)
    {
        if (_event.WrittenCount + piece.Length > MaxEvent)
        {
            _isTooLong = true;
            Flush(passed);
        }

        if (!_isTooLong)
        {
            _event.Write(piece);
        }

        if (!_isHeld)
        {
            passed.Write(piece);
        }
        else if (!CouldBeUsage(_event.WrittenSpan))
        {
            Flush(passed);
        }
    }

    private void EndEvent(IBufferWriter<byte> passed)
    {
        _lastWasTakenOut = _choices.Read(_isTooLong ? [] : _event.WrittenSpan) && _isHeld;
        if (!_lastWasTakenOut)
        {
            Flush(passed);
        }

        _event.ResetWrittenCount();
        _isTooLong = false;
        _isBetweenEvents = true;
        _isHeld = _choices.AllFinished;
    }

    /// <summary>Gets whether an event may be one of usage, as far as it goes: the terminator is not, nor is what is no stream of events.</summary>
    private static bool CouldBeUsage(ReadOnlySpan<byte> start) =>
        start.StartsWith("data:"u8)
            ? start[5..].TrimStart((byte)' ') is [] or [(byte)'{', ..]
            : start[0] is not ((byte)'{' or (byte)'[');
}
