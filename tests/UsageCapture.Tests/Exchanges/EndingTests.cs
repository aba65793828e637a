using UsageCapture.Testing;

namespace UsageCapture.Tests.Exchanges;

/// <summary>However an exchange ends, it yields one record that says how.</summary>
public sealed class EndingTests
{
    private readonly InMemoryUsageSink _sink = new();
    private readonly ReplayGate _gate = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Response_StoppedAtDoneAndDisposed_IsCompletedBeforeTheBodyEnds()
    {
        using HttpResponseMessage response = await SendAsync(Chat.Stalling(Chat.Text, Chat.Finish, Chat.Usage, Chat.Done));
        await ReadAsync(response, Chat.Text + Chat.Finish + Chat.Usage + Chat.Done);

        UsageRecord record = Assert.Single(_sink.Records);
        response.Dispose();

        Assert.Equal((UsageOutcome.Completed, UsageStatus.Exact, 7), (record.Outcome, record.Status, record.Usage?.InputTokens));
        Assert.Single(_sink.Records);
    }

    [Fact]
    public async Task Response_DisposedInTheMiddle_IsAbandoned()
    {
        HttpResponseMessage response = await SendAsync(Chat.Stalling(Chat.Text));
        await ReadAsync(response, Chat.Text);

        response.Dispose();

        UsageRecord record = Assert.Single(_sink.Records);
        Assert.Equal((UsageOutcome.Abandoned, UsageStatus.Missing, true), (record.Outcome, record.Status, record.NeedsReview));
        Assert.Equal("m", record.ResponseModel);
    }

    [Fact]
    public async Task Response_NeverRead_IsAbandoned()
    {
        HttpResponseMessage response = await SendAsync(Chat.Stalling());

        response.Dispose();

        UsageRecord record = Assert.Single(_sink.Records);
        Assert.Equal((UsageOutcome.Abandoned, UsageStatus.Missing, (TimeSpan?)null), (record.Outcome, record.Status, record.TimeToFirstChunk));
    }

    [Fact]
    public async Task Response_AbandonedWithRunningUsage_IsPartial()
    {
        HttpResponseMessage response = await SendAsync(Chat.Stalling(Chat.Text, Chat.RunningUsage));
        await ReadAsync(response, Chat.Text + Chat.RunningUsage);

        response.Dispose();

        UsageRecord record = Assert.Single(_sink.Records);
        Assert.Equal((UsageOutcome.Abandoned, UsageStatus.Partial, 8, true), (record.Outcome, record.Status, record.Usage?.TotalTokens, record.NeedsReview));
    }

    [Fact]
    public async Task Response_CanceledDuringARead_IsCanceledAndPublishedAllTheSame()
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
        using HttpResponseMessage response = await SendAsync(Chat.Stalling(Chat.Text));
        await ReadAsync(response, Chat.Text);
        Stream body = await response.Content.ReadAsStreamAsync(Token);
        ValueTask<int> read = body.ReadAsync(new byte[10], cancel.Token);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await read);
        Assert.Equal(UsageOutcome.Canceled, Assert.Single(_sink.Records).Outcome);
    }

    [Fact]
    public async Task Response_BrokenBeforeUsage_IsFaultedAndTheCallerSeesTheException()
    {
        using HttpResponseMessage response = await SendAsync(Resetting(Chat.Text));
        await ReadAsync(response, Chat.Text);

        Stream body = await response.Content.ReadAsStreamAsync(Token);
        IOException exception = await Assert.ThrowsAsync<IOException>(async () => await body.ReadAsync(new byte[10], Token));

        Assert.Equal("Unable to read data from the transport connection: Connection reset by peer.", exception.Message);
        Assert.IsType<System.Net.Sockets.SocketException>(exception.InnerException);
        Assert.Equal(UsageOutcome.Faulted, Assert.Single(_sink.Records).Outcome);
    }

    [Fact]
    public async Task Response_BrokenAfterFinalUsage_IsFaultedAndExact()
    {
        using HttpResponseMessage response = await SendAsync(Resetting(Chat.Text, Chat.Finish, Chat.Usage));
        await ReadAsync(response, Chat.Text + Chat.Finish + Chat.Usage);

        Stream body = await response.Content.ReadAsStreamAsync(Token);
        await Assert.ThrowsAsync<IOException>(async () => await body.ReadAsync(new byte[10], Token));
        UsageRecord record = Assert.Single(_sink.Records);
        Assert.Equal((UsageOutcome.Faulted, UsageStatus.Exact, false), (record.Outcome, record.Status, record.NeedsReview));
    }

    [Fact]
    public async Task Response_ReadAgainAfterItsContentWasStreamed_ThrowsWhatItAlwaysThrew()
    {
        using HttpResponseMessage response = await SendAsync(Chat.Answer);
        await response.Content.CopyToAsync(Stream.Null, Token);

        await Assert.ThrowsAsync<InvalidOperationException>(() => response.Content.CopyToAsync(Stream.Null, Token));

        Assert.Equal(UsageOutcome.Completed, Assert.Single(_sink.Records).Outcome);
    }

    [Fact]
    public async Task Request_ThatFindsNoServer_IsFaultedAndNeedsNoReview()
    {
        using var client = new HttpClient(new UsageCaptureHandler(_sink) { InnerHandler = new SocketsHttpHandler() });
        using HttpRequestMessage request = Chat.Request("""{"model":"m","messages":[]}""", "http://127.0.0.1:1/v1/chat/completions");

        await Assert.ThrowsAsync<HttpRequestException>(() => client.SendAsync(request, Token));

        UsageRecord record = Assert.Single(_sink.Records);
        Assert.Equal((UsageOutcome.Faulted, false, (int?)null), (record.Outcome, record.NeedsReview, record.StatusCode));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Response_ThatIsDroppedUnreadAndUndisposed_IsAbandonedWhenTheCollectorFindsIt(bool reads)
    {
        await DropAsync(reads);

        while (_sink.Records.Count == 0)
        {
            Token.ThrowIfCancellationRequested();
            GC.Collect();
            GC.WaitForPendingFinalizers();
            await Task.Yield();
        }

        UsageRecord record = Assert.Single(_sink.Records);
        Assert.Equal((UsageOutcome.Abandoned, UsageStatus.Missing, true), (record.Outcome, record.Status, record.NeedsReview));
    }

    [Fact]
    public async Task Response_WhoseStreamIsAskedForTwice_IsOneStreamAndOneRecord()
    {
        using HttpResponseMessage response = await SendAsync(Chat.Of(Chat.Text, Chat.Finish, Chat.Usage, Chat.Done), _gate);
        Stream first = await response.Content.ReadAsStreamAsync(Token);
        _gate.Open();

        Assert.Same(first, await response.Content.ReadAsStreamAsync(Token));
        await ReadAsync(response, Chat.Text + Chat.Finish + Chat.Usage + Chat.Done);
        Assert.Equal(0, await first.ReadAsync(new byte[1], Token));

        Assert.Equal((UsageOutcome.Completed, UsageStatus.Exact), (_sink.Records[0].Outcome, Assert.Single(_sink.Records).Status));
    }

    [Fact]
    public async Task Request_CanceledBeforeTheHeaders_IsCanceledAndRecorded()
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
        using var client = new HttpClient(new UsageCaptureHandler(_sink) { InnerHandler = new ReplayHandler(Chat.Answer.Unanswered()) });
        using HttpRequestMessage request = Chat.Request();
        Task<HttpResponseMessage> sending = client.SendAsync(request, cancel.Token);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
        UsageRecord record = Assert.Single(_sink.Records);
        Assert.Equal((UsageOutcome.Canceled, UsageStatus.Missing, (int?)null, true), (record.Outcome, record.Status, record.StatusCode, record.NeedsReview));
    }

    [Fact]
    public async Task Response_CanceledBetweenReads_IsCanceledWithRunningUsageAsPartial()
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
        HttpResponseMessage response = await SendAsync(Chat.Stalling(Chat.RunningUsage));
        Stream body = await response.Content.ReadAsStreamAsync(Token);
        await body.ReadExactlyAsync(new byte[Chat.RunningUsage.Length], cancel.Token);

        await cancel.CancelAsync();
        response.Dispose();

        UsageRecord record = Assert.Single(_sink.Records);
        Assert.Equal((UsageOutcome.Canceled, UsageStatus.Partial, 8), (record.Outcome, record.Status, record.Usage?.TotalTokens));
    }

    [Theory]
    [InlineData(400, "application/json", """{"error":{"code":"bad","type":"invalid_request_error","message":"no"}}""", "bad")]
    [InlineData(429, "application/json", """{"error":{"code":"rate_limit_exceeded","message":"no"}}""", "rate_limit_exceeded")]
    [InlineData(500, "text/html", "<html>Error</html>", null)]
    [InlineData(503, "text/plain", "", null)]
    [InlineData(302, "text/plain", "", null)]
    [InlineData(408, "application/json", """{"error":{"code":"timeout","message":"no"}}""", "timeout", true)]
    [InlineData(499, "text/plain", "", null, true)]
    [InlineData(502, "text/html", "<html>Bad gateway</html>", null, true)]
    [InlineData(504, "text/html", "<html>Time-out</html>", null, true)]
    [InlineData(524, "text/plain", "", null, true)]
    public async Task Response_ThatIsNoSuccess_IsRejectedAndNeedsReviewOnlyAfterDispatch(
        int status, string type, string body, string? code, bool needsReview = false)
    {
        Recording refusal = Chat.Of(body).WithStatus(status).WithHeader("content-type", type).WithMatch(RequestMatch.Any);
        using var client = new HttpClient(new UsageCaptureHandler(_sink) { InnerHandler = new ReplayHandler(refusal) });
        using HttpRequestMessage request = Chat.Request("{\"model\":\"m\"}");
        HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);

        Assert.Equal(body, await response.Content.ReadAsStringAsync(Token));
        response.Dispose();

        UsageRecord record = Assert.Single(_sink.Records);
        Assert.Equal(
            (UsageOutcome.Rejected, UsageStatus.Missing, needsReview, code, status),
            (record.Outcome, record.Status, record.NeedsReview, record.Error?.Code, record.StatusCode!.Value));
    }

    [Fact]
    public async Task Response_WithoutABody_IsCompletedAndMissing()
    {
        using HttpResponseMessage response = await SendAsync(Chat.Of());

        Assert.Equal("", await response.Content.ReadAsStringAsync(Token));

        UsageRecord record = Assert.Single(_sink.Records);
        Assert.Equal((UsageOutcome.Completed, UsageStatus.Missing, true), (record.Outcome, record.Status, record.NeedsReview));
        Assert.Equal(UsageAnomalies.UnrecognizedBody, record.Anomalies);
    }

    private static async Task ReadAsync(HttpResponseMessage response, string expected)
    {
        byte[] read = new byte[expected.Length];
        await (await response.Content.ReadAsStreamAsync(Token)).ReadExactlyAsync(read, Token);
        Assert.Equal(expected, System.Text.Encoding.UTF8.GetString(read));
    }

    /// <summary>Makes an answer that breaks after these events.</summary>
    private static Recording Resetting(params string[] events)
    {
        Recording answer = Chat.Of(events);
        return answer.ResetAfter(answer.Body.Length);
    }

    private async Task<HttpResponseMessage> SendAsync(Recording answer, ReplayGate? gate = null)
    {
        var client = new HttpClient(new UsageCaptureHandler(_sink) { InnerHandler = new ReplayHandler(answer) { Gate = gate } });
        using HttpRequestMessage request = Chat.Request();
        return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
    }

    private async Task DropAsync(bool reads)
    {
        HttpResponseMessage response = await SendAsync(Chat.Stalling(Chat.Text));
        if (reads)
        {
            await ReadAsync(response, Chat.Text);
        }
    }
}
