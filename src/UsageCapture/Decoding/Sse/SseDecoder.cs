namespace UsageCapture.Decoding;

/// <summary>Takes server-sent events apart, pushed in pieces that may be cut anywhere, and keeps nothing of them.</summary>
/// <remarks>
/// By the rules of the HTML standard, "9.2.6 Interpreting an event stream": lines end in LF, CRLF or CR; a line that begins with a
/// colon is a comment; one space after a field's colon is no part of its value; a blank line completes an event, unless it had no
/// data. The byte order mark that may lead the stream is left to the caller.
/// </remarks>
internal sealed class SseDecoder
{
    // "event" is the longest field name that has a meaning here; a longer name is no data.
    private const int MaxName = 8;

    private readonly byte[] _name = new byte[MaxName];
    private int _nameLength;
    private State _state;
    private bool _skipLineFeed;
    private bool _hasData;

    private enum State
    {
        Name,
        AfterColon,
        Data,
        Ignored,
    }

    /// <summary>Gets whether data has come that no blank line has completed yet.</summary>
    public bool HasOpenEvent => _hasData;

    /// <summary>Gets whether the last byte was a CR, so that a LF would belong to the line that it ended.</summary>
    public bool IsAfterCarriageReturn => _skipLineFeed;

    private bool IsData => _name.AsSpan(0, _nameLength).SequenceEqual("data"u8);

    /// <summary>Reads up to the next token.</summary>
    /// <param name="bytes">The bytes at hand; what was read is taken off their front.</param>
    /// <param name="token">What was come upon.</param>
    /// <param name="data">The piece of data, when that is what was come upon.</param>
    /// <returns>False when the bytes are used up.</returns>
    public bool TryRead(ref ReadOnlySpan<byte> bytes, out SseToken token, out ReadOnlySpan<byte> data)
    {
        data = default;
        token = default;
        while (!bytes.IsEmpty)
        {
            // A CR ended the last line at once, so that nothing waits for a byte that may not come. The LF that makes it a CRLF belongs to it.
            if (_skipLineFeed)
            {
                _skipLineFeed = false;
                if (bytes[0] == (byte)'\n')
                {
                    bytes = bytes[1..];
                    continue;
                }
            }

            if (_state == State.AfterColon)
            {
                _state = IsData ? State.Data : State.Ignored;
                _hasData |= _state == State.Data;
                if (bytes[0] == (byte)' ')
                {
                    bytes = bytes[1..];
                    continue;
                }
            }

            if (_state == State.Name)
            {
                ReadName(ref bytes);
            }
            else
            {
                int length = bytes.IndexOfAny((byte)'\n', (byte)'\r');
                ReadOnlySpan<byte> value = length < 0 ? bytes : bytes[..length];
                bytes = bytes[value.Length..];
                if (_state == State.Data && !value.IsEmpty)
                {
                    token = SseToken.Data;
                    data = value;
                    return true;
                }
            }

            if (!bytes.IsEmpty && bytes[0] is (byte)'\n' or (byte)'\r')
            {
                _skipLineFeed = bytes[0] == (byte)'\r';
                bytes = bytes[1..];
                if (EndLine() is { } ended)
                {
                    token = ended;
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>Reads a field's name up to its colon or the end of the line, whichever is first.</summary>
    private void ReadName(ref ReadOnlySpan<byte> bytes)
    {
        int length = bytes.IndexOfAny((byte)':', (byte)'\n', (byte)'\r');
        ReadOnlySpan<byte> part = length < 0 ? bytes : bytes[..length];
        if (_nameLength + part.Length <= MaxName)
        {
            part.CopyTo(_name.AsSpan(_nameLength));
            _nameLength += part.Length;
        }
        else
        {
            _nameLength = 0;
            _state = State.Ignored;
            return;
        }

        bytes = bytes[part.Length..];
        if (!bytes.IsEmpty && bytes[0] == (byte)':')
        {
            bytes = bytes[1..];
            _state = State.AfterColon;
        }
    }

    private SseToken? EndLine()
    {
        bool isBlank = _state == State.Name && _nameLength == 0;
        bool isData = _state == State.Data || IsData;
        _hasData |= isData; // "data" alone is a field with an empty value.
        _state = State.Name;
        _nameLength = 0;
        if (isBlank && _hasData)
        {
            _hasData = false;
            return SseToken.EndOfEvent;
        }

        return isData ? SseToken.EndOfDataLine : null;
    }
}
