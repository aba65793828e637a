using System.Text;

using UsageCapture.Decoding;
using UsageCapture.Providers;

namespace UsageCapture.Tests.Decoding;

/// <summary>What is kept of a body does not grow with it, and what matters is found however late it comes.</summary>
public sealed class BoundedMemoryTests
{
    private const long MostKept = 256 * 1024; // Of which 64 KiB for what is captured, before it is parsed and as text.
    private const string UsageAtTheEnd = "\"choices\":[],\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":3}}";

    [Theory]
    [InlineData("0.0123456789,", "[", "0]", 200)] // embeddings
    [InlineData("{\"usage\":{\"prompt_tokens\":9}},", "[", "{}]", 50)]
    [InlineData("abcdefghijklmnop\\\"\\\\", "\"", "\"", 50)]
    [InlineData("[", "", "", 10)] // Never closed: nothing is found, and nothing grows.
    public void Body_OfManyMegabytes_IsDecodedFlat(string part, string before, string after, int megabytes)
    {
        (UsageReport report, long allocated) = Decode("application/json", "{\"data\":" + before, part, megabytes, after + "," + UsageAtTheEnd);

        Assert.Equal(after.Length > 0 ? 7 : null, report.Usage?.InputTokens);
        Assert.InRange(allocated, 0, MostKept);
    }

    [Fact]
    public void Event_OfManyMegabytes_IsDecodedFlat()
    {
        (UsageReport report, long allocated) = Decode(
            "text/event-stream", "data: {\"type\":\"image\",\"b64_json\":\"", "iVBORw0KGgoAAAANSUhEUg", 50, "\"," + UsageAtTheEnd + "\n\n" + Chat.Done);

        Assert.Equal(7, report.Usage?.InputTokens);
        Assert.InRange(allocated, 0, MostKept);
    }

    [Fact]
    public void Stream_OfAMillionChunks_IsDecodedFlat()
    {
        int megabytes = Chat.Text.Length;

        (UsageReport report, long allocated) = Decode("text/event-stream", "", Chat.Text, megabytes, Chat.Usage + Chat.Done);

        Assert.Equal(7, report.Usage?.InputTokens);
        Assert.InRange(allocated, 0, MostKept);
    }

    [Fact]
    public void Stream_WithRunningUsageInEveryChunk_IsDecodedFlat()
    {
        (UsageReport report, long allocated) = Decode("text/event-stream", "", Chat.RunningUsage, 10, Chat.Done);

        Assert.Equal(7, report.Usage?.InputTokens);
        Assert.InRange(allocated, 0, MostKept);
    }

    [Fact]
    public void Usage_LargerThanWhatIsKept_IsMissingAndFlagged()
    {
        (UsageReport report, long allocated) = Decode(
            "application/json", "{\"usage\":{\"prompt_tokens\":7,\"x\":\"", "xxxxxxxx", 1, "\"},\"id\":\"a\"}");

        Assert.Null(report.Usage);
        Assert.Equal(("a", UsageAnomalies.OversizedEvent), (report.ResponseId, report.Anomalies & UsageAnomalies.OversizedEvent));
        Assert.InRange(allocated, 0, MostKept);
    }

    [Fact]
    public void Response_WhoseLastEventRepeatsMegabytesOfOutput_IsDecodedFlat()
    {
        var report = new UsageReport(new ResponsesReader());

        long allocated = Decode(
            report,
            "text/event-stream",
            "event: response.completed\ndata: {\"type\":\"response.completed\",\"response\":{\"status\":\"completed\",\"output\":[{\"text\":\"",
            "\\\"usage\\\":{\\\"input_tokens\\\":1}",
            20,
            "\"}],\"usage\":{\"input_tokens\":7,\"output_tokens\":3}}}\n\n");

        Assert.Equal((7, true), (report.Usage?.InputTokens, report.HasEnded));
        Assert.InRange(allocated, 0, MostKept);
    }

    [Fact]
    public void ImageEvent_OfManyMegabytes_IsDecodedFlat()
    {
        var report = new UsageReport(new OpenAIResultReader());

        long allocated = Decode(
            report,
            "text/event-stream",
            "data: {\"type\":\"image_generation.completed\",\"b64_json\":\"",
            "iVBORw0KGgoAAAANSUhEUg",
            50,
            "\",\"usage\":{\"input_tokens\":7,\"output_tokens\":3}}\n\n");

        Assert.Equal((7, true), (report.Usage?.InputTokens, report.HasEnded));
        Assert.InRange(allocated, 0, MostKept);
    }

    [Fact]
    public void Audio_OfManyMegabytes_IsPassedOverFlat()
    {
        var report = new UsageReport(new OpenAIResultReader(allowsNonJsonBody: true));

        long allocated = Decode(report, "audio/mpeg", "{", "data: {}\n\n", 50, "");

        Assert.Equal((null, UsageAnomalies.BodyWithoutUsage), (report.Usage, report.Anomalies));
        Assert.InRange(allocated, 0, MostKept);
    }

    private static (UsageReport Report, long Allocated) Decode(string mediaType, string before, string part, int megabytes, string after)
    {
        var report = new UsageReport(new ChatCompletionsReader());
        return (report, Decode(report, mediaType, before, part, megabytes, after));
    }

    private static long Decode(UsageReport report, string mediaType, string before, string part, int megabytes, string after)
    {
        byte[] repeated = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(part, (64 * 1024 / part.Length) + 1)));
        long pieces = (megabytes * 1024L * 1024 / repeated.Length) + 1;
        byte[] start = Encoding.UTF8.GetBytes(before);
        byte[] end = Encoding.UTF8.GetBytes(after);
        System.Net.Http.Headers.HttpContentHeaders headers = BodyHeaders.Of(mediaType);
        long allocatedBefore = GC.GetAllocatedBytesForCurrentThread();

        using var decoder = new BodyDecoder(report, headers);
        decoder.Append(start);
        for (long i = 0; i < pieces; i++)
        {
            decoder.Append(repeated);
        }

        decoder.Append(end);
        decoder.Complete();

        return GC.GetAllocatedBytesForCurrentThread() - allocatedBefore;
    }
}
