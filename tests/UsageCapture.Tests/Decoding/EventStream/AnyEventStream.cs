using System.Text;

using FsCheck;
using FsCheck.Fluent;

using UsageCapture.Decoding;

namespace UsageCapture.Tests.Decoding.EventStream;

/// <summary>Generates event streams of random messages, with the expected result of decoding each.</summary>
internal static class AnyEventStream
{
    private static readonly Gen<(string Name, byte Type, byte[] Value)> AnyHeader =
        from name in Gen.Elements(
            ":message-type", ":event-type", ":exception-type", ":error-code",
            ":message-typ", ":message-type-", ":Message-Type", ":exception-type-", ":content-type", "é", "", new string('n', 255))
        from type in Gen.Frequency((5, Gen.Constant(7)), (5, Gen.Choose(0, 9)))
        from value in type switch
        {
            0 or 1 => Bytes(0, 0),
            2 => Bytes(1, 1),
            3 => Bytes(2, 2),
            4 => Bytes(4, 4),
            5 or 8 => Bytes(8, 8),
            9 => Bytes(16, 16),
            _ => Bytes(0, 90),
        }
        select (name, (byte)type, value);

    // The bytes of a message, and the expected result of decoding them.
    private static readonly Gen<(byte[] Written, DecodedMessage Expected)> AnyMessage =
        from count in Gen.Choose(0, 6)
        from headers in Gen.ArrayOf(AnyHeader, count)
        from payload in Bytes(0, 200)
        select (
            new EventStreamMessage(
                [.. headers.SelectMany(header => EventStreamMessage.Header(header.Name, header.Type, header.Value))], payload).ToBytes(),
            new DecodedMessage(
                Text(payload),
                ExpectedValue(headers, ":message-type"),
                ExpectedValue(headers, ":exception-type"),
                ExpectedValue(headers, ":error-code")));

    public static Gen<(byte[] Written, DecodedMessage Expected)[]> Messages { get; } =
        from count in Gen.Choose(1, 5) from messages in Gen.ArrayOf(AnyMessage, count) select messages;

    public static Gen<byte[]> Bytes(int minLength, int maxLength) =>
        from length in Gen.Choose(minLength, maxLength)
        from bytes in Gen.ArrayOf(Gen.Choose(0, 255), length)
        select Array.ConvertAll(bytes, value => (byte)value);

    public static byte[] Join((byte[] Written, DecodedMessage Expected)[] messages) => [.. messages.SelectMany(message => message.Written)];

    private static string ExpectedValue((string Name, byte Type, byte[] Value)[] headers, string name) =>
        Text(headers.LastOrDefault(header => header.Name == name && header.Type == 7).Value?.Take(EventStreamHeaders.MaxValueLength).ToArray());

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);
}
