using System.Text;

using UsageCapture.Decoding;
using UsageCapture.Providers;
using UsageCapture.Tests.Decoding.EventStream;

namespace UsageCapture.Tests.Decoding;

/// <summary>The ways in which a body may hold documents, wherever it is cut.</summary>
public sealed class FramingTests
{
    private const string First = """{"id":"a","usage":{"prompt_tokens":1,"completion_tokens":0}}""";
    private const string Second = """{"id":"a","text":"]}\n,[{","usage":{"prompt_tokens":7,"completion_tokens":3}}""";

    [Theory]
    [InlineData("application/x-ndjson", First + "\n" + Second + "\n", UsageAnomalies.UsageRepeated)]
    [InlineData("application/x-ndjson", First + "\r\n\r\n\n" + Second, UsageAnomalies.UsageRepeated)]
    [InlineData("application/x-ndjson", First + "\n{\"broken\":\n" + Second, UsageAnomalies.UsageRepeated | UsageAnomalies.UndecodableEvent)]
    [InlineData("application/json", "[" + First + ",\r\n" + Second + "]", UsageAnomalies.UsageRepeated)]
    [InlineData("application/json", "\n[\n" + First + "\n,\n" + Second + "\n]\n", UsageAnomalies.UsageRepeated)]
    [InlineData("application/json", "[" + First + "," + Second, UsageAnomalies.UsageRepeated)]
    [InlineData("application/json", Second, UsageAnomalies.None)]
    [InlineData(null, "\uFEFF \n" + Second, UsageAnomalies.None)]
    [InlineData("text/plain", "data: " + First + "\n\ndata: " + Second + "\n\ndata: [DONE]\n\n", UsageAnomalies.UsageRepeated)]
    public void Body_CutAtAnyByte_IsReadToItsLastUsage(string? mediaType, string body, UsageAnomalies anomalies)
    {
        for (int length = 1; length <= body.Length; length++)
        {
            UsageReport report = Read(mediaType, body, length);

            Assert.Equal((7, 3), (report.Usage?.InputTokens, report.Usage?.OutputTokens));
            Assert.Equal(anomalies, report.Anomalies);
        }
    }

    [Fact]
    public void EventStream_CutAtAnyByte_IsReadToItsLastUsage()
    {
        byte[] body = [.. Message(First), .. new EventStreamMessage([], []).ToBytes(), .. Message(Second)];
        for (int length = 1; length <= body.Length; length++)
        {
            UsageReport report = Read("application/vnd.amazon.eventstream", body, length);

            Assert.Equal((7, UsageAnomalies.UsageRepeated), (report.Usage?.InputTokens, report.Anomalies));
        }
    }

    [Fact]
    public void EventStream_WithADamagedMessage_IsReadWithoutIt()
    {
        byte[] damaged = Message(Second);
        damaged[^10] ^= 1;
        byte[] body = [.. Message(First), .. damaged];

        UsageReport report = Read("application/vnd.amazon.eventstream", body, body.Length);

        Assert.Equal((1, UsageAnomalies.UndecodableEvent), (report.Usage?.InputTokens, report.Anomalies));
    }

    [Theory]
    [InlineData(11)]
    [InlineData(40)]
    public void EventStream_CutShort_SaysSo(int length)
    {
        UsageReport report = Read("application/vnd.amazon.eventstream", Message(First)[..length], length);

        Assert.Equal(((TokenUsage?)null, UsageAnomalies.UndecodableEvent), (report.Usage, report.Anomalies));
    }

    [Fact]
    public void JsonLines_WithoutAnEndMarker_DoNotStop()
    {
        using var decoder = new BodyDecoder(new UsageReport(new ChatCompletionsReader()), BodyHeaders.Of("application/x-ndjson"));

        Assert.NotEqual(ResponseProgress.Complete, decoder.Append(Encoding.UTF8.GetBytes(First + "\n")).Progress);
    }

    [Theory]
    [InlineData("", UsageAnomalies.UnrecognizedBody)]
    [InlineData(" \n", UsageAnomalies.UnrecognizedBody)]
    [InlineData("<html>", UsageAnomalies.UnrecognizedBody)]
    [InlineData("{\"usage\":{\"prompt_tokens\":7", UsageAnomalies.UndecodableEvent)]
    [InlineData("[", UsageAnomalies.UndecodableEvent)]
    [InlineData("[7]", UsageAnomalies.UndecodableEvent)]
    public void Body_ThatHoldsNoDocument_SaysWhy(string body, UsageAnomalies anomaly)
    {
        UsageReport report = Read("application/json", body, Math.Max(1, body.Length));

        Assert.Null(report.Usage);
        Assert.Equal(anomaly, report.Anomalies);
    }

    private static byte[] Message(string payload) =>
        new EventStreamMessage(EventStreamMessage.Header(":event-type", "chunk"), Encoding.UTF8.GetBytes(payload)).ToBytes();

    private static UsageReport Read(string? mediaType, string body, int length) =>
        Read(mediaType, Encoding.UTF8.GetBytes(body), length);

    private static UsageReport Read(string? mediaType, byte[] body, int length)
    {
        var report = new UsageReport(new ChatCompletionsReader());
        using var decoder = new BodyDecoder(report, BodyHeaders.Of(mediaType));
        foreach (byte[] piece in body.Chunk(length))
        {
            if (decoder.Append(piece).Progress == ResponseProgress.Complete)
            {
                return report;
            }
        }

        decoder.Complete();
        return report;
    }
}
