using System.Buffers.Binary;

namespace UsageCapture.Decoding;

/// <summary>Takes an AWS event stream apart, pushed in pieces that may be cut anywhere, and keeps nothing of the payloads.</summary>
/// <remarks>
/// A message of <c>application/vnd.amazon.eventstream</c> is a prelude, headers, a payload and the CRC-32 of all that. The prelude is
/// the message's length, the headers' length and the CRC-32 of the two. All numbers are big-endian.
/// </remarks>
internal sealed class EventStreamDecoder
{
    private const int PreludeSize = 12;
    private const int ChecksumSize = sizeof(uint);

    // The limits of botocore, the AWS SDK for Python.
    private const int MaxHeaders = 128 * 1024;
    private const int MaxPayload = 24 * 1024 * 1024;

    // The prelude or the checksum under way, which are understood when they are whole.
    private readonly byte[] _gathered = new byte[PreludeSize];
    private int _gatheredLength;
    private State _state;
    private int _headersLeft;
    private int _payloadLeft;

    // Of the message so far.
    private Crc32 _crc;

    private enum State
    {
        Prelude,
        Headers,
        Payload,
        Checksum,
        Broken,
    }

    /// <summary>Gets whether the stream cannot be understood any further: a prelude was damaged, or its lengths make no sense.</summary>
    /// <remarks>Without the lengths nobody knows where the next message begins, so nothing more is read.</remarks>
    public bool IsBroken => _state == State.Broken;

    /// <summary>Gets whether a message has begun and not ended yet.</summary>
    public bool HasOpenMessage =>
        _state is State.Headers or State.Payload or State.Checksum || (_state == State.Prelude && _gatheredLength > 0);

    /// <summary>Gets the headers of the message whose payload or end was read last, valid until the decoder is used again.</summary>
    /// <remarks>Before the end of the message nobody knows whether they arrived as they were sent.</remarks>
    public EventStreamHeaders Headers { get; } = new();

    private State AfterHeaders => _payloadLeft > 0 ? State.Payload : State.Checksum;

    /// <summary>Reads up to the next token.</summary>
    /// <param name="bytes">The bytes at hand; what was read is taken off their front.</param>
    /// <param name="token">What was come upon.</param>
    /// <param name="data">The piece of payload, when that is what was come upon.</param>
    /// <returns>False when the bytes are used up; those that come when the stream is broken are used up unread.</returns>
    public bool TryRead(ref ReadOnlySpan<byte> bytes, out EventStreamToken token, out ReadOnlySpan<byte> data)
    {
        data = default;
        token = default;
        while (!bytes.IsEmpty)
        {
            switch (_state)
            {
                case State.Prelude:
                    if (Gather(ref bytes, PreludeSize))
                    {
                        BeginMessage();
                    }

                    break;
                case State.Headers:
                    ReadHeaders(ref bytes);
                    break;
                case State.Payload:
                    token = EventStreamToken.Payload;
                    data = Take(ref bytes, ref _payloadLeft);
                    _state = _payloadLeft == 0 ? State.Checksum : State.Payload;
                    return true;
                case State.Checksum:
                    if (Gather(ref bytes, ChecksumSize))
                    {
                        token = BinaryPrimitives.ReadUInt32BigEndian(_gathered) == _crc.Value
                            ? EventStreamToken.EndOfMessage
                            : EventStreamToken.EndOfDamagedMessage;
                        _state = State.Prelude;
                        return true;
                    }

                    break;
                default:
                    bytes = default;
                    break;
            }
        }

        return false;
    }

    private void BeginMessage()
    {
        ReadOnlySpan<byte> prelude = _gathered;
        long length = BinaryPrimitives.ReadUInt32BigEndian(prelude);
        long headersLength = BinaryPrimitives.ReadUInt32BigEndian(prelude[4..]);
        long payloadLength = length - headersLength - PreludeSize - ChecksumSize;

        _crc = default;
        _crc.Append(prelude[..8]);
        bool isSound = BinaryPrimitives.ReadUInt32BigEndian(prelude[8..]) == _crc.Value
            && headersLength <= MaxHeaders
            && payloadLength is >= 0 and <= MaxPayload;
        if (!isSound)
        {
            _state = State.Broken;
            return;
        }

        _crc.Append(prelude[8..]);
        _headersLeft = (int)headersLength;
        _payloadLeft = (int)payloadLength;
        Headers.Clear();
        _state = _headersLeft > 0 ? State.Headers : AfterHeaders; // What is empty has no byte that could end it.
    }

    private void ReadHeaders(ref ReadOnlySpan<byte> bytes)
    {
        Headers.Append(Take(ref bytes, ref _headersLeft));
        if (_headersLeft == 0)
        {
            Headers.Complete();
            _state = AfterHeaders;
        }
    }

    /// <summary>Takes what is there of the headers or the payload.</summary>
    private ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> bytes, ref int left)
    {
        ReadOnlySpan<byte> part = bytes[..Math.Min(bytes.Length, left)];
        bytes = bytes[part.Length..];
        left -= part.Length;
        _crc.Append(part);
        return part;
    }

    /// <summary>Collects what must be whole to be understood.</summary>
    /// <returns>Whether it is whole.</returns>
    private bool Gather(ref ReadOnlySpan<byte> bytes, int size)
    {
        int length = Math.Min(bytes.Length, size - _gatheredLength);
        bytes[..length].CopyTo(_gathered.AsSpan(_gatheredLength));
        bytes = bytes[length..];
        _gatheredLength += length;
        if (_gatheredLength < size)
        {
            return false;
        }

        _gatheredLength = 0;
        return true;
    }
}
