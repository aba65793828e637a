using System.Text;

using UsageCapture.Decoding;
using UsageCapture.Providers;

namespace UsageCapture.Tests.Decoding;

/// <summary>Text in a stream that belongs to no event or document leaves an anomaly; white space, comments and unknown fields do not.</summary>
public sealed class StrayTextTests
{
    private const string Usage = "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":7}}\n\n";
    private const string Line = "{\"choices\":[],\"usage\":{\"prompt_tokens\":7}}";

    [Theory]
    [InlineData("", false)]
    [InlineData(": comment {}\n", false)]
    [InlineData("event: x\nretry: 1\nid: {}\n", false)]
    [InlineData("unknown_Field-9: {}\n", false)]
    [InlineData("a_line_without_colon\n", false)]
    [InlineData("{}\n", true)]
    [InlineData("<html>\n", true)]
    [InlineData("two words\n", true)]
    [InlineData("12345678 x\n", true)] // Nine characters decide.
    [InlineData("123456789 x\n", false)]
    public void Line_InAnEventStream_IsStrayWhenItCannotBeginAField(string line, bool isStray)
    {
        UsageAnomalies expected = isStray ? UsageAnomalies.UndecodableEvent : UsageAnomalies.None;
        foreach (string body in (string[])[": start\n\n" + line + Usage + "data: [DONE]\n\n", ": start\n\n" + Usage + line + "data: [DONE]\n\n"])
        {
            for (int length = 1; length <= body.Length; length++)
            {
                UsageReport report = Read("text/event-stream", body, length);

                Assert.Equal((7, expected), (report.Usage?.InputTokens, report.Anomalies));
            }
        }
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("<html>")]
    public void Text_AtTheEndOfAnEventStream_IsStrayWithoutALineEnd(string text)
    {
        UsageReport report = Read("text/event-stream", Usage + text, length: 1000);

        Assert.Equal(UsageAnomalies.UndecodableEvent | UsageAnomalies.NoTerminator, report.Anomalies);
    }

    [Theory]
    [InlineData("", false)]
    [InlineData(" ", false)]
    [InlineData("\t", false)]
    [InlineData("\r", false)]
    [InlineData(" \t\r", false)]
    [InlineData("\v", true)]
    [InlineData("x", true)]
    [InlineData("{", true)]
    public void Line_InJsonLines_IsBlankOrHasAnAnomaly(string line, bool isStray)
    {
        UsageAnomalies expected = isStray ? UsageAnomalies.UndecodableEvent : UsageAnomalies.None;
        string body = $"{Line}\n{line}\n{Line}";
        for (int length = 1; length <= body.Length; length++)
        {
            UsageReport report = Read("application/x-ndjson", body, length);

            Assert.Equal((7, expected | UsageAnomalies.UsageRepeated), (report.Usage?.InputTokens, report.Anomalies));
        }

        Assert.Equal(expected, Read("application/x-ndjson", $"{Line}\n{line}", body.Length).Anomalies);
    }

    private static UsageReport Read(string mediaType, string body, int length)
    {
        var report = new UsageReport(new ChatCompletionsReader());
        using var decoder = new BodyDecoder(report, BodyHeaders.Of(mediaType));
        foreach (byte[] piece in Encoding.UTF8.GetBytes(body).Chunk(length))
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
