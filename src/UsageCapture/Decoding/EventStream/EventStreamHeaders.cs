namespace UsageCapture.Decoding;

/// <summary>The headers of one AWS event stream message that tell an event from an error. Other headers are skipped.</summary>
/// <remarks>
/// The format is that of the "Amazon Event Stream Specification", https://smithy.io/2.0/aws/amazon-eventstream.html. A header is
/// <code>
/// uint8 name_length, name, uint8 type, value;  a string or byte array is a uint16 value_length and its bytes
/// </code>
/// Three values are kept: <c>:message-type</c>, <c>:exception-type</c> and <c>:error-code</c>. <c>:event-type</c> is not kept: the readers
/// infer the event type from the payload, because gateways may drop the header. If a name occurs twice, the last header counts. If a header
/// is malformed, all headers are discarded, because the ones before it may have been misread too.
/// <para>Usage, by <see cref="EventStreamDecoder"/>: Clear, then Append with each piece of the header block, then Complete.</para>
/// <para>State machine. Complete in any state but NameLength discards all headers.</para>
/// <code>
/// State            Input                New state         Effect
/// NameLength       byte                 Name              start a name
/// Name             last byte of it      Type              look whether its value is kept; a name of length 0 ends at once
/// Type             0, 1                 NameLength        true or false: the value has no bytes
///                  2, 3, 4, 5, 8, 9     Value             the type tells the length of the value
///                  6, 7                 ValueLengthHigh   byte array or string
///                  other                Malformed
/// ValueLengthHigh  byte                 ValueLengthLow
/// ValueLengthLow   byte                 Value             NameLength if the length is 0
/// Value            last byte of it      NameLength        each byte is appended to the value if it is kept
/// Malformed        bytes                Malformed         ignore them
/// </code>
/// </remarks>
internal sealed class EventStreamHeaders
{
    /// <summary>The most bytes of a value that are kept; names of exceptions are shorter. The rest is cut off, even inside a character.</summary>
    public const int MaxValueLength = 64;

    // One more than ":exception-type", the longest name that is read. So a longer name never equals it.
    private const int MaxNameLength = 16;

    private readonly byte[] _name = new byte[MaxNameLength];
    private readonly HeaderValue _messageType = new();
    private readonly HeaderValue _exceptionType = new();
    private readonly HeaderValue _errorCode = new();
    private int _nameLength;
    private State _state;

    // How many bytes of the name or value are still to come. In ValueLengthLow: that number with its low byte still zero.
    private int _bytesLeft;

    // Receives the current value; null if it is not kept.
    private HeaderValue? _value;

    private enum State
    {
        NameLength,
        Name,
        Type,
        ValueLengthHigh,
        ValueLengthLow,
        Value,
        Malformed,
    }

    /// <summary>Gets <c>:message-type</c>: <c>event</c>, <c>exception</c> or <c>error</c>. Empty if there is none.</summary>
    public ReadOnlySpan<byte> MessageType => _messageType.Bytes;

    /// <summary>Gets <c>:exception-type</c>, for example <c>throttlingException</c>. Empty if there is none.</summary>
    public ReadOnlySpan<byte> ExceptionType => _exceptionType.Bytes;

    /// <summary>Gets <c>:error-code</c>, for example <c>InternalError</c>. Empty if there is none.</summary>
    public ReadOnlySpan<byte> ErrorCode => _errorCode.Bytes;

    /// <summary>Discards all headers, for the next message.</summary>
    public void Clear()
    {
        _messageType.Clear();
        _exceptionType.Clear();
        _errorCode.Clear();
        _state = State.NameLength;
    }

    /// <summary>Reads the next piece of the header block.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty && _state != State.Malformed)
        {
            switch (_state)
            {
                case State.NameLength:
                    _nameLength = 0;
                    _bytesLeft = ReadByte(ref bytes);
                    _state = State.Name;
                    break;
                case State.Name:
                    AppendName(ReadPart(ref bytes));
                    _state = _bytesLeft == 0 ? State.Type : State.Name;
                    break;
                case State.Type:
                    _state = BeginValue(ReadByte(ref bytes));
                    break;
                case State.ValueLengthHigh:
                    _bytesLeft = ReadByte(ref bytes) << 8;
                    _state = State.ValueLengthLow;
                    break;
                case State.ValueLengthLow:
                    _bytesLeft |= ReadByte(ref bytes);
                    _state = _bytesLeft == 0 ? State.NameLength : State.Value;
                    break;
                case State.Value:
                    ReadOnlySpan<byte> part = ReadPart(ref bytes);
                    _value?.Append(part);
                    _state = _bytesLeft == 0 ? State.NameLength : State.Value;
                    break;
            }
        }
    }

    /// <summary>Ends the header block. All headers are discarded if the last one is incomplete or one is malformed.</summary>
    public void Complete()
    {
        if (_state != State.NameLength)
        {
            Clear();
        }
    }

    private State BeginValue(byte type)
    {
        const byte StringType = 7;
        _value = type == StringType ? FindValue() : null;
        _value?.Clear();
        _bytesLeft = type switch
        {
            2 => sizeof(byte),
            3 => sizeof(short),
            4 => sizeof(int),
            5 or 8 => sizeof(long), // long, timestamp in milliseconds
            9 => 16, // UUID
            _ => 0,
        };
        return type switch
        {
            0 or 1 => State.NameLength, // true, false: "No value bytes follow this type."
            6 or StringType => State.ValueLengthHigh, // "prefixed by a two-byte unsigned integer that indicates the length"
            <= 9 => State.Value,
            _ => State.Malformed, // "The set of types is fixed and not open to extension."
        };
    }

    /// <summary>Finds where the value of the current name is kept; null if it is not.</summary>
    private HeaderValue? FindValue()
    {
        ReadOnlySpan<byte> name = _name.AsSpan(0, _nameLength);
        return name.SequenceEqual(":message-type"u8) ? _messageType
            : name.SequenceEqual(":exception-type"u8) ? _exceptionType
            : name.SequenceEqual(":error-code"u8) ? _errorCode
            : null;
    }

    private void AppendName(ReadOnlySpan<byte> part)
    {
        part = part[..Math.Min(part.Length, MaxNameLength - _nameLength)];
        part.CopyTo(_name.AsSpan(_nameLength));
        _nameLength += part.Length;
    }

    private static byte ReadByte(ref ReadOnlySpan<byte> bytes)
    {
        byte first = bytes[0];
        bytes = bytes[1..];
        return first;
    }

    /// <summary>Reads the bytes at the front that belong to the current name or value, and counts them.</summary>
    private ReadOnlySpan<byte> ReadPart(ref ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<byte> part = bytes[..Math.Min(bytes.Length, _bytesLeft)];
        bytes = bytes[part.Length..];
        _bytesLeft -= part.Length;
        return part;
    }

    /// <summary>The first bytes of a header's value.</summary>
    private sealed class HeaderValue
    {
        private readonly byte[] _bytes = new byte[MaxValueLength];
        private int _length;

        public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

        public void Clear() => _length = 0;

        public void Append(ReadOnlySpan<byte> part)
        {
            part = part[..Math.Min(part.Length, MaxValueLength - _length)];
            part.CopyTo(_bytes.AsSpan(_length));
            _length += part.Length;
        }
    }
}
