using System.Buffers.Binary;

namespace UsageCapture.Decoding;

/// <summary>Decodes an AWS event stream, <c>application/vnd.amazon.eventstream</c>, that arrives in pieces, cut anywhere.</summary>
/// <remarks>
/// The format is that of the "Amazon Event Stream Specification", https://smithy.io/2.0/aws/amazon-eventstream.html. All numbers are
/// big-endian. A message is
/// <code>
/// uint32 total_length, uint32 headers_length, uint32 prelude_crc, headers, payload, uint32 message_crc
/// </code>
/// Payloads are handed out as slices of the input. The decoder stores only the headers and an incomplete prelude or checksum.
/// <para>Usage: call <see cref="TryRead"/> with each piece of the body until it returns false.</para>
/// <para>State machine. When the headers or the payload have no bytes, their state is skipped.</para>
/// <code>
/// State      Input                              New state   Effect
/// Prelude    12 bytes, checksum and lengths ok  Headers     start a message
///            12 bytes, otherwise                Broken
/// Headers    all bytes of the headers           Payload     complete the headers
/// Payload    bytes                              Payload     element Payload
///            last byte of the payload           Checksum    element Payload
/// Checksum   4 bytes, equal to the CRC-32       Prelude     element EndOfMessage
///            4 bytes, otherwise                 Prelude     element EndOfDamagedMessage
/// Broken     bytes                              Broken      ignore them
/// </code>
/// </remarks>
internal sealed class EventStreamDecoder
{
    private const int PreludeSize = 12;
    private const int ChecksumSize = sizeof(uint);

    // "The encoded headers of a message MUST NOT exceed 131,072 bytes", "The payload of a message MUST NOT exceed 25,165,824 bytes".
    // A prelude with larger lengths is treated as damaged.
    private const int MaxHeadersLength = 128 * 1024;
    private const int MaxPayloadLength = 24 * 1024 * 1024;

    // The bytes of the current prelude or checksum, which may arrive in several pieces.
    private readonly byte[] _collectedBytes = new byte[PreludeSize];
    private int _collectedLength;

    private State _state;

    // How many bytes of the current message's headers and payload are still to come.
    private int _headerBytesLeft;
    private int _payloadBytesLeft;

    // The checksum of the current message, up to the byte read last.
    private Crc32 _checksum;

    private enum State
    {
        Prelude,
        Headers,
        Payload,
        Checksum,
        Broken,
    }

    /// <summary>Gets whether a prelude was damaged or has impossible lengths. The rest of the stream is ignored.</summary>
    /// <remarks>Without the lengths of a message, the start of the next message is unknown.</remarks>
    public bool IsBroken => _state == State.Broken;

    /// <summary>Gets whether a message has begun and has not ended.</summary>
    public bool HasOpenMessage =>
        _state is State.Headers or State.Payload or State.Checksum || (_state == State.Prelude && _collectedLength > 0);

    /// <summary>Gets the headers of the message that the last element belongs to. They are valid until the next call.</summary>
    /// <remarks>They are unverified until <see cref="EventStreamElement.EndOfMessage"/>.</remarks>
    public EventStreamHeaders Headers { get; } = new();

    private State StateAfterHeaders => _payloadBytesLeft > 0 ? State.Payload : State.Checksum;

    /// <summary>Reads up to the next element: a piece of payload, or the end of a message.</summary>
    /// <param name="bytes">The piece of the body. The bytes that were read are removed from its front.</param>
    /// <param name="element">What was read.</param>
    /// <param name="payload">The piece of payload, if the element is <see cref="EventStreamElement.Payload"/>; otherwise empty.</param>
    /// <returns>False if the piece is used up and no element is left in it.</returns>
    public bool TryRead(ref ReadOnlySpan<byte> bytes, out EventStreamElement element, out ReadOnlySpan<byte> payload)
    {
        payload = default;
        element = default;
        while (!bytes.IsEmpty)
        {
            switch (_state)
            {
                case State.Prelude:
                    if (TryCollect(ref bytes, PreludeSize))
                    {
                        _state = ReadPrelude();
                    }

                    break;
                case State.Headers:
                    Headers.Append(ReadPart(ref bytes, ref _headerBytesLeft));
                    if (_headerBytesLeft == 0)
                    {
                        Headers.Complete();
                        _state = StateAfterHeaders;
                    }

                    break;
                case State.Payload:
                    element = EventStreamElement.Payload;
                    payload = ReadPart(ref bytes, ref _payloadBytesLeft);
                    _state = _payloadBytesLeft == 0 ? State.Checksum : State.Payload;
                    return true;
                case State.Checksum:
                    if (TryCollect(ref bytes, ChecksumSize))
                    {
                        // "If either checksum is invalid, the stream MUST be terminated." The client does that. The decoder reads on,
                        // because the start of the next message is known and that message may hold the usage.
                        element = BinaryPrimitives.ReadUInt32BigEndian(_collectedBytes) == _checksum.Value
                            ? EventStreamElement.EndOfMessage
                            : EventStreamElement.EndOfDamagedMessage;
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

    /// <summary>Reads the collected prelude and starts a message.</summary>
    /// <returns>The state for the first section of the message that has bytes.</returns>
    private State ReadPrelude()
    {
        ReadOnlySpan<byte> prelude = _collectedBytes;
        long length = BinaryPrimitives.ReadUInt32BigEndian(prelude);
        long headersLength = BinaryPrimitives.ReadUInt32BigEndian(prelude[4..]);
        long payloadLength = length - headersLength - PreludeSize - ChecksumSize;

        // Each checksum covers "all the data from the start of the message to the start of the checksum".
        _checksum = default;
        _checksum.Append(prelude[..8]);
        bool isValid = BinaryPrimitives.ReadUInt32BigEndian(prelude[8..]) == _checksum.Value
            && headersLength <= MaxHeadersLength
            && payloadLength is >= 0 and <= MaxPayloadLength;
        if (!isValid)
        {
            return State.Broken;
        }

        _checksum.Append(prelude[8..]);
        _headerBytesLeft = (int)headersLength;
        _payloadBytesLeft = (int)payloadLength;
        Headers.Clear();
        return _headerBytesLeft > 0 ? State.Headers : StateAfterHeaders;
    }

    /// <summary>Reads the bytes at the front that belong to the headers or the payload, and adds them to the checksum.</summary>
    /// <param name="bytes">The piece of the body. The bytes that were read are removed from its front.</param>
    /// <param name="left">How many bytes of the headers or the payload are still to come. The number read is subtracted.</param>
    private ReadOnlySpan<byte> ReadPart(ref ReadOnlySpan<byte> bytes, ref int left)
    {
        ReadOnlySpan<byte> part = bytes[..Math.Min(bytes.Length, left)];
        bytes = bytes[part.Length..];
        left -= part.Length;
        _checksum.Append(part);
        return part;
    }

    /// <summary>Collects bytes until there are as many as <paramref name="size"/>.</summary>
    /// <returns>True if they are complete.</returns>
    private bool TryCollect(ref ReadOnlySpan<byte> bytes, int size)
    {
        int length = Math.Min(bytes.Length, size - _collectedLength);
        bytes[..length].CopyTo(_collectedBytes.AsSpan(_collectedLength));
        bytes = bytes[length..];
        _collectedLength += length;
        if (_collectedLength < size)
        {
            return false;
        }

        _collectedLength = 0;
        return true;
    }
}
