using System.Net.ServerSentEvents;
using System.Text;

using FsCheck;
using FsCheck.Fluent;

using UsageCapture.Decoding;

namespace UsageCapture.Tests.Decoding.Sse;

/// <summary>The push decoder finds the events that the framework's pulling parser finds, wherever its input is cut.</summary>
public sealed class SseDecoderTests
{
    private static readonly Gen<string> Piece = Gen.Elements(
        "\n", "\n", "\r\n", "\r", "\n\n", "data:", "data: ", "data", "data :", " data:", "DATA:", "datadata: x", "event: ping", "id:1", "retry: 5", ":", ": ping",
        "a", " ", "{\"usage\":1}", "[DONE]", "é", "你好", "🙂", "a field without a colon", "\0");

    private static readonly Gen<string> Streams =
        from count in Gen.Choose(0, 25) from pieces in Gen.ListOf(Piece, count) select string.Concat(pieces) + "\n\n";

    [Fact]
    public void Events_OfAnyStreamCutAnywhere_AreThoseOfTheFrameworksParser() =>
        Prop.ForAll(Streams.ToArbitrary(), Gen.Choose(1, 9).ToArbitrary(), (text, length) =>
        {
            byte[] bytes = Encoding.UTF8.GetBytes(text);
            using var stream = new MemoryStream(bytes);
            IEnumerable<string> expected = SseParser.Create(stream, (_, data) => Encoding.UTF8.GetString(data)).Enumerate().Select(item => item.Data);

            Assert.Equal(expected, Decode(bytes, length));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(20_000));

    [Theory]
    [InlineData("data: a\r\rdata: b\r\r", "a", "b")]
    [InlineData("data: a\r\n\r\ndata: b\n\n", "a", "b")]
    [InlineData("data:a\ndata:  b\ndata\n\n", "a\n b\n")]
    [InlineData(": c\n\ndata: a\n:c\nid: 1\n\n", "a")]
    [InlineData("event: x\n\n\n\ndata: a\n\n", "a")]
    public void Events_ByTheRulesOfTheStandard_AreFound(string text, params string[] expected)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        for (int length = 1; length <= bytes.Length; length++)
        {
            Assert.Equal(expected, Decode(bytes, length));
        }
    }

    [Fact]
    public void Event_WithoutItsBlankLine_IsOpen()
    {
        var decoder = new SseDecoder();
        ReadOnlySpan<byte> bytes = "data: a\n\ndata: b"u8;
        while (decoder.TryRead(ref bytes, out _, out _))
        {
        }

        Assert.True(decoder.HasOpenEvent);
    }

    private static List<string> Decode(byte[] bytes, int length)
    {
        var decoder = new SseDecoder();
        List<string> events = [];
        using var data = new MemoryStream();
        for (int start = 0; start < bytes.Length; start += length)
        {
            ReadOnlySpan<byte> piece = bytes.AsSpan(start, Math.Min(length, bytes.Length - start));
            while (decoder.TryRead(ref piece, out SseToken token, out ReadOnlySpan<byte> value))
            {
                switch (token)
                {
                    case SseToken.Data:
                        data.Write(value);
                        break;
                    case SseToken.EndOfDataLine:
                        data.WriteByte((byte)'\n');
                        break;
                    case SseToken.EndOfEvent:
                        events.Add(Encoding.UTF8.GetString(data.ToArray())[..^1]);
                        data.SetLength(0);
                        break;
                }
            }
        }

        return events;
    }
}
