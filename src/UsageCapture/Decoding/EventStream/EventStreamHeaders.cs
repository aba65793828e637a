namespace UsageCapture.Decoding;

/// <summary>The headers of one message of an AWS event stream, of which only those that say what the message is are kept.</summary>
/// <remarks>
/// A header is a name behind its length (1 byte), a type (1 byte) and a value, whose size the type gives or a length (2 bytes) before
/// it. Names are compared as bytes, and a header that is not a string is none of those kept. Of a name that comes twice the last
/// counts. A block that is malformed yields no headers at all: where one header is misread, those around it may be too.
/// </remarks>
internal sealed class EventStreamHeaders
{
    /// <summary>The most bytes that are kept of a value; the rest is cut off, be it inside a character.</summary>
    public const int MaxValue = 64;

    // ":exception-type" is the longest name that has a meaning here; a longer one fills the room and is none of them.
    private const int MaxName = 16;

    private readonly byte[] _name = new byte[MaxName];
    private readonly KeptValue _messageType = new();
    private readonly KeptValue _eventType = new();
    private readonly KeptValue _exceptionType = new();
    private readonly KeptValue _errorCode = new();
    private int _nameLength;
    private State _state;

    // How many bytes of the name or the value under way are still to come; between the bytes of a length, what is known of it.
    private int _left;

    // Where the value under way is kept; null when nobody wants it.
    private KeptValue? _value;

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

    /// <summary>Gets <c>:message-type</c>, which is <c>event</c>, <c>exception</c> or <c>error</c>; empty when there is none.</summary>
    public ReadOnlySpan<byte> MessageType => _messageType.Bytes;

    /// <summary>Gets <c>:event-type</c>, what kind of event an event is; empty when there is none.</summary>
    public ReadOnlySpan<byte> EventType => _eventType.Bytes;

    /// <summary>Gets <c>:exception-type</c>, what kind of exception an exception is; empty when there is none.</summary>
    public ReadOnlySpan<byte> ExceptionType => _exceptionType.Bytes;

    /// <summary>Gets <c>:error-code</c>, what kind of error an error is; empty when there is none.</summary>
    public ReadOnlySpan<byte> ErrorCode => _errorCode.Bytes;

    /// <summary>Forgets the last message's headers.</summary>
    public void Clear()
    {
        _messageType.Clear();
        _eventType.Clear();
        _exceptionType.Clear();
        _errorCode.Clear();
        _state = State.NameLength;
    }

    /// <summary>Takes the next piece of the block of headers.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty && _state != State.Malformed)
        {
            switch (_state)
            {
                case State.Name:
                    KeepName(Take(ref bytes));
                    _state = _left == 0 ? State.Type : State.Name;
                    break;
                case State.Value:
                    ReadOnlySpan<byte> part = Take(ref bytes);
                    _value?.Append(part);
                    _state = _left == 0 ? State.NameLength : State.Value;
                    break;
                default:
                    AppendByte(bytes[0]);
                    bytes = bytes[1..];
                    break;
            }
        }
    }

    /// <summary>Takes the end of the block. A header that is not complete by then claimed more than there is.</summary>
    public void Complete()
    {
        if (_state != State.NameLength)
        {
            Clear();
        }
    }

    private void AppendByte(byte next)
    {
        switch (_state)
        {
            case State.NameLength:
                _nameLength = 0;
                _left = next;
                _state = State.Name;
                break;
            case State.Type:
                BeginValue(next);
                break;
            case State.ValueLengthHigh:
                _left = next << 8;
                _state = State.ValueLengthLow;
                break;
            default:
                ExpectValue(_left | next);
                break;
        }
    }

    private void BeginValue(byte type)
    {
        const int Text = 7;
        _value = type == Text ? Wanted() : null;
        _value?.Clear();
        switch (type)
        {
            case 0 or 1: // true, false
                ExpectValue(0);
                break;
            case 2: // byte
                ExpectValue(sizeof(byte));
                break;
            case 3: // short
                ExpectValue(sizeof(short));
                break;
            case 4: // integer
                ExpectValue(sizeof(int));
                break;
            case 5 or 8: // long, timestamp in milliseconds
                ExpectValue(sizeof(long));
                break;
            case 6 or Text: // byte array, string
                _state = State.ValueLengthHigh;
                break;
            case 9: // UUID
                ExpectValue(16);
                break;
            default:
                _state = State.Malformed;
                break;
        }
    }

    private void ExpectValue(int length)
    {
        _left = length;
        _state = length == 0 ? State.NameLength : State.Value;
    }

    private void KeepName(ReadOnlySpan<byte> part)
    {
        part = part[..Math.Min(part.Length, MaxName - _nameLength)];
        part.CopyTo(_name.AsSpan(_nameLength));
        _nameLength += part.Length;
    }

    private KeptValue? Wanted()
    {
        ReadOnlySpan<byte> name = _name.AsSpan(0, _nameLength);
        return name.SequenceEqual(":message-type"u8) ? _messageType
            : name.SequenceEqual(":event-type"u8) ? _eventType
            : name.SequenceEqual(":exception-type"u8) ? _exceptionType
            : name.SequenceEqual(":error-code"u8) ? _errorCode
            : null;
    }

    private ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<byte> part = bytes[..Math.Min(bytes.Length, _left)];
        bytes = bytes[part.Length..];
        _left -= part.Length;
        return part;
    }

    /// <summary>The beginning of a value.</summary>
    private sealed class KeptValue
    {
        private readonly byte[] _bytes = new byte[MaxValue];
        private int _length;

        public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

        public void Clear() => _length = 0;

        public void Append(ReadOnlySpan<byte> part)
        {
            part = part[..Math.Min(part.Length, MaxValue - _length)];
            part.CopyTo(_bytes.AsSpan(_length));
            _length += part.Length;
        }
    }
}
