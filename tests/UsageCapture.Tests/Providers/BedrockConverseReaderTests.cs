using System.Text;

using UsageCapture.Decoding;
using UsageCapture.Providers;

namespace UsageCapture.Tests.Providers;

public sealed class BedrockConverseReaderTests
{
    // The last event of a stream is metadata. It is recognized by any of its members.
    [Theory]
    [InlineData("""{"usage":{"inputTokens":9}}""", true)]
    [InlineData("""{"metrics":{"latencyMs":1}}""", true)]
    [InlineData("""{"metadata":{}}""", true)]
    [InlineData("""{"metadata":{"usage":{"inputTokens":9}}}""", true)]
    [InlineData("""{"stopReason":"end_turn"}""", false)]
    [InlineData("""{"messageStop":{"stopReason":"end_turn"}}""", false)]
    [InlineData("""{"contentBlockIndex":0}""", false)]
    public void Event_OfAStream_IsTheEndWhenItIsMetadata(string json, bool isEnd)
    {
        var report = new UsageReport(new BedrockConverseReader());
        using var decoder = new BodyDecoder(report, BodyHeaders.Of("text/event-stream"));

        decoder.Append(Encoding.UTF8.GetBytes($"data: {json}\n\n"));

        Assert.Equal(isEnd, report.HasEnded);
    }
}
