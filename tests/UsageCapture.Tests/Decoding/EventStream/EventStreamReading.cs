using System.Text;

using UsageCapture.Decoding;

namespace UsageCapture.Tests.Decoding.EventStream;

/// <summary>Collects the messages that a decoder reads.</summary>
internal sealed class EventStreamReading
{
    private readonly StringBuilder _payload = new();
    private DecodedMessage? _atFirstPiece;

    public List<DecodedMessage> Messages { get; } = [];

    /// <summary>Decodes a stream in pieces of the given length.</summary>
    public static List<DecodedMessage> Decode(ReadOnlySpan<byte> bytes, int length, out EventStreamDecoder decoder)
    {
        decoder = new EventStreamDecoder();
        var reading = new EventStreamReading();
        while (!bytes.IsEmpty)
        {
            ReadOnlySpan<byte> piece = bytes[..Math.Min(length, bytes.Length)];
            reading.Read(decoder, piece);
            bytes = bytes[piece.Length..];
        }

        return reading.Messages;
    }

    public void Read(EventStreamDecoder decoder, ReadOnlySpan<byte> bytes)
    {
        while (decoder.TryRead(ref bytes, out EventStreamElement element, out ReadOnlySpan<byte> data))
        {
            EventStreamHeaders headers = decoder.Headers;
            var message = new DecodedMessage(
                "", Text(headers.MessageType), Text(headers.ExceptionType), Text(headers.ErrorCode));
            _atFirstPiece ??= message;
            Assert.Equal(_atFirstPiece, message);
            if (element == EventStreamElement.Payload)
            {
                Assert.False(data.IsEmpty);
                _payload.Append(Text(data));
                continue;
            }

            Messages.Add(message with { Payload = _payload.ToString(), IsDamaged = element == EventStreamElement.EndOfDamagedMessage });
            _payload.Clear();
            _atFirstPiece = null;
        }

        Assert.True(bytes.IsEmpty);
    }

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);
}
