using UsageCapture.Testing;

namespace UsageCapture.Tests.Exchanges;

/// <summary>The situations in which other systems recorded zero, or a guess.</summary>
public sealed class ChatSituationTests
{
    [Fact]
    public async Task Usage_OnTheFinishChunk_IsExact()
    {
        UsageRecord record = await Recordings.CaptureAsync("gateway-stream-usage-on-finish-chunk");

        Assert.Equal((41, 9, UsageStatus.Exact), (record.Usage?.InputTokens, record.Usage?.OutputTokens, record.Status));
        Assert.Equal(UsageAnomalies.None, record.Anomalies);
    }

    [Fact]
    public async Task Usage_OnItsOwnChunkWithoutFinishReasonAmongEmptyChunksUnderAnotherModelName_IsExactAndFlagged()
    {
        UsageRecord record = await Recordings.CaptureAsync("gateway-stream-usage-on-own-chunk");

        Assert.Equal((850, 212, 512), (record.Usage?.InputTokens, record.Usage?.OutputTokens, record.Usage?.CachedInputTokens));
        Assert.Equal((UsageStatus.Exact, UsageOutcome.Completed, false), (record.Status, record.Outcome, record.NeedsReview));
        Assert.Equal(("sonnet-4.5", "claude-v1", "chatcmpl-unknown"), (record.RequestModel, record.ResponseModel, record.ResponseId));
        Assert.Equal(
            UsageAnomalies.UsageWithoutFinishReason | UsageAnomalies.UsageAfterFinish | UsageAnomalies.EmptyChunks, record.Anomalies);
    }

    [Fact]
    public async Task Usage_InAChunkWithAnEmptyListOfChoices_IsExact()
    {
        UsageRecord record = await Recordings.CaptureAsync("openai-stream-trailing-usage");

        Assert.Equal((120, 30, UsageStatus.Exact), (record.Usage?.InputTokens, record.Usage?.OutputTokens, record.Status));
        Assert.Equal(["stop"], record.FinishReasons);
    }

    [Fact]
    public async Task Usage_AfterTheFinishChunkBesideChoices_IsExact()
    {
        UsageRecord record = await Recordings.CaptureAsync("openai-stream-trailing-usage-with-choices");

        Assert.Equal((33, 7, UsageStatus.Exact), (record.Usage?.InputTokens, record.Usage?.OutputTokens, record.Status));
        Assert.Equal(UsageAnomalies.UsageAfterFinish, record.Anomalies);
    }

    [Fact]
    public async Task Usage_NeverReported_IsMissingAndNeedsReview()
    {
        UsageRecord record = await Recordings.CaptureAsync("openai-stream-no-usage");

        Assert.Null(record.Usage);
        Assert.Equal((UsageStatus.Missing, UsageOutcome.Completed, true), (record.Status, record.Outcome, record.NeedsReview));
    }

    [Fact]
    public async Task Usage_WithCachedTokens_IsSplit()
    {
        UsageRecord record = await Recordings.CaptureAsync("openai-stream-trailing-usage");

        Assert.Equal((120, 64, 56), (record.Usage?.InputTokens, record.Usage?.CachedInputTokens, record.Usage?.UncachedInputTokens));
    }

    [Fact]
    public async Task Usage_WithoutTheTerminator_IsExactAndFlagged()
    {
        UsageRecord record = await Recordings.CaptureAsync("openai-stream-no-done");

        Assert.Equal((12, UsageStatus.Exact), (record.Usage?.InputTokens, record.Status));
        Assert.Equal(UsageAnomalies.NoTerminator, record.Anomalies);
    }

    [Fact]
    public async Task Usage_AfterTheTerminator_IsExactAndFlagged()
    {
        UsageRecord record = await Recordings.CaptureAsync("openai-stream-usage-after-done");

        Assert.Equal((12, UsageStatus.Exact), (record.Usage?.InputTokens, record.Status));
        Assert.Equal(UsageAnomalies.UsageAfterTerminator, record.Anomalies);
    }

    [Fact]
    public async Task Usage_QuotedInTextAndToolArguments_IsNotTakenForUsage()
    {
        UsageRecord record = await Recordings.CaptureAsync("openai-stream-tool-call");

        Assert.Equal((90, 44, UsageAnomalies.None), (record.Usage?.InputTokens, record.Usage?.OutputTokens, record.Anomalies));
    }

    [Fact]
    public async Task Error_InTheMiddleOfAStream_ReachesTheCallerAtOnceAndIsRecorded()
    {
        // The server sends nothing after the error and keeps the connection open; the caller has it all the same.
        Recording answer = Chat.Stalling(Chat.Text, Chat.Error);
        var sink = new InMemoryUsageSink();
        using var client = new HttpClient(new UsageCaptureHandler(sink) { InnerHandler = new ReplayHandler(answer) });
        using HttpRequestMessage request = Chat.Request();
        HttpResponseMessage response = await client.SendAsync(
            request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        Stream body = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        byte[] read = new byte[answer.Body.Length];
        await body.ReadExactlyAsync(read, TestContext.Current.CancellationToken);
        response.Dispose();

        Assert.EndsWith(Chat.Error, System.Text.Encoding.UTF8.GetString(read), StringComparison.Ordinal);
        UsageRecord record = Assert.Single(sink.Records);
        Assert.Equal((UsageOutcome.ServerError, UsageStatus.Missing, true), (record.Outcome, record.Status, record.NeedsReview));
        Assert.Equal(("overloaded", "server_error"), (record.Error?.Code, record.Error?.Type));
    }
}
