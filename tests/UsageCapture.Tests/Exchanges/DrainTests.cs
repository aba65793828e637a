using UsageCapture.Testing;

namespace UsageCapture.Tests.Exchanges;

/// <summary>A caller that leaves when the answer is there, but not yet the usage, is not waited for, and its usage is captured.</summary>
public sealed class DrainTests
{
    private readonly InMemoryUsageSink _sink = new();
    private readonly ManualTimeProvider _clock = new();
    private readonly ReplayGate _gate = new();
    private readonly ReplayHandler _server;

    public DrainTests() => _server = Serve(Chat.Text, Chat.Finish, Chat.Usage, Chat.Done);

    public static TheoryData<string, string> Places
    {
        get
        {
            var places = new TheoryData<string, string>();
            foreach (ProtocolAnswer answer in ProtocolAnswer.All)
            {
                places.AddRange([.. Enum.GetNames<Milestone>().Select(at => (answer.Name, at))]);
            }

            return places;
        }
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Response_DisposedBeforeItsUsage_IsReadOnInTheBackground(bool streamFirst)
    {
        HttpResponseMessage response = await SendAsync();
        Stream body = await ReadToTheFinishAsync(response);

        if (streamFirst)
        {
            body.Dispose();
        }

        response.Dispose();
        Assert.Empty(_sink.Records);
        Assert.Equal(1, _server.OpenResponseCount);
        Assert.False(body.CanRead);
        Assert.Throws<ObjectDisposedException>(() => body.Read(new byte[1]));
        _gate.Release(2);

        UsageRecord record = Assert.Single(await _sink.WaitForAsync(1, Token));
        Assert.Equal((UsageOutcome.Abandoned, UsageStatus.Exact, 10, false), (record.Outcome, record.Status, record.Usage?.TotalTokens, record.NeedsReview));
        await _server.WaitUntilClosedAsync(Token);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Reads_AfterTheDisposal_ThrowAsWithoutTheHandler(bool streamFirst)
    {
        Assert.Equal(
            await ReadAfterDisposalAsync(new HttpClient(_server), streamFirst),
            await ReadAfterDisposalAsync(new HttpClient(new UsageCaptureHandler(_sink, timeProvider: _clock) { InnerHandler = _server }), streamFirst));
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task Response_OfAnyProtocol_IsReadOnOnlyBetweenItsFinishAndItsUsage(string name, string at)
    {
        var answer = ProtocolAnswer.Get(name);
        int length = answer[Enum.Parse<Milestone>(at)];
        var server = new ReplayHandler(answer.Recording.StalledAfter(length));
        using var client = new HttpClient(new UsageCaptureHandler(_sink, timeProvider: _clock) { InnerHandler = server });
        using HttpRequestMessage request = answer.CreateRequest();
        HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
        await (await response.Content.ReadAsStreamAsync(Token)).ReadExactlyAsync(new byte[length], Token);

        response.Dispose();

        bool isAwaited = length >= answer[Milestone.Finish] && length < answer[Milestone.Usage];
        Assert.Equal(isAwaited ? 0 : 1, _sink.Records.Count);
        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Single(await _sink.WaitForAsync(1, Token));
    }

    [Fact]
    public async Task Response_DisposedAsynchronously_IsReadOnInTheBackground()
    {
        using HttpResponseMessage response = await SendAsync();
        Stream body = await ReadToTheFinishAsync(response);

        await body.DisposeAsync();
        _gate.Release();

        Assert.Equal(UsageStatus.Exact, Assert.Single(await _sink.WaitForAsync(1, Token)).Status);
    }

    [Fact]
    public async Task Response_WhoseUsageDoesNotCome_IsGivenUpAfterTheTimeout()
    {
        HttpResponseMessage response = await SendAsync();
        await ReadToTheFinishAsync(response);
        response.Dispose();

        _clock.Advance(TimeSpan.FromSeconds(1.9));
        Assert.Equal(1, _server.OpenResponseCount);
        _clock.Advance(TimeSpan.FromSeconds(0.1));

        UsageRecord record = Assert.Single(await _sink.WaitForAsync(1, Token));
        Assert.Equal((UsageOutcome.Abandoned, UsageStatus.Missing, true), (record.Outcome, record.Status, record.NeedsReview));
        await _server.WaitUntilClosedAsync(Token);
    }

    [Fact]
    public async Task Response_WhoseTailIsTooLong_IsGivenUpAtTheLimit()
    {
        ReplayHandler server = Serve(Chat.Text, Chat.Finish, $": {new string('x', 98)}\n\n{Chat.Usage}");
        HttpResponseMessage response = await SendAsync(new UsageCaptureOptions { MaxDrainBytes = 100 }, server);
        await ReadToTheFinishAsync(response);
        response.Dispose();

        _gate.Open();

        Assert.Equal(UsageStatus.Missing, Assert.Single(await _sink.WaitForAsync(1, Token)).Status);
        await server.WaitUntilClosedAsync(Token);
    }

    [Fact]
    public async Task Response_ThatBreaksWhileItIsReadOn_IsPublishedAsItIs()
    {
        Recording answer = Chat.Of(Chat.Text, Chat.Finish).InChunksByEvent();
        var server = new ReplayHandler(answer.ResetAfter(answer.Body.Length)) { Gate = _gate };
        HttpResponseMessage response = await SendAsync(server: server);
        await ReadToTheFinishAsync(response);
        response.Dispose();

        _gate.Open();

        UsageRecord record = Assert.Single(await _sink.WaitForAsync(1, Token));
        Assert.Equal((UsageOutcome.Abandoned, UsageStatus.Missing), (record.Outcome, record.Status));
    }

    [Fact]
    public async Task Response_WithRunningUsageOnly_IsExactOnceItsEndMarkerIsRead()
    {
        HttpResponseMessage response = await SendAsync(server: Serve(Chat.RunningUsage, Chat.Text, Chat.Finish, Chat.Done));
        _gate.Release();
        await (await response.Content.ReadAsStreamAsync(Token)).ReadExactlyAsync(new byte[Chat.RunningUsage.Length], Token);
        await ReadToTheFinishAsync(response);
        response.Dispose();

        _gate.Open();

        Assert.Equal(UsageStatus.Exact, Assert.Single(await _sink.WaitForAsync(1, Token)).Status);
    }

    [Fact]
    public async Task Response_CanceledBetweenTwoReads_IsReadOnOnceItIsDisposed()
    {
        HttpResponseMessage response = await SendAndCancelBehindTheFinishAsync();

        response.Dispose();
        Assert.Empty(_sink.Records);
        _gate.Release();

        UsageRecord record = Assert.Single(await _sink.WaitForAsync(1, Token));
        Assert.Equal((UsageOutcome.Canceled, UsageStatus.Exact), (record.Outcome, record.Status));
    }

    [Fact]
    public async Task Response_CanceledAndNeverDisposed_IsPublishedAfterTheTimeout()
    {
        HttpResponseMessage response = await SendAndCancelBehindTheFinishAsync();

        _clock.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(UsageOutcome.Canceled, Assert.Single(await _sink.WaitForAsync(1, Token)).Outcome);
        response.Dispose();
        Assert.Equal(0, _server.OpenResponseCount);
        Assert.Single(_sink.Records);
    }

    [Fact]
    public async Task Response_ReadOnAfterACancellation_IsTheCallersStill()
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
        using HttpResponseMessage response = await SendAsync();
        Stream body = await ReadToTheFinishAsync(response);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await body.ReadAsync(new byte[10], cancel.Token));

        _gate.Release(2);
        await body.ReadExactlyAsync(new byte[Chat.Usage.Length + Chat.Done.Length], Token);

        UsageRecord record = Assert.Single(_sink.Records);
        Assert.Equal((UsageOutcome.Completed, UsageStatus.Exact), (record.Outcome, record.Status));
    }

    [Fact]
    public async Task Response_StillBeingGenerated_IsReadOnOnlyWhereTheOptionsSaySo()
    {
        HttpResponseMessage response = await SendAsync(
            new UsageCaptureOptions { DrainUnfinished = true }, Serve(Chat.Text, Chat.Text, Chat.Finish, Chat.Usage));
        _gate.Release();
        await (await response.Content.ReadAsStreamAsync(Token)).ReadExactlyAsync(new byte[Chat.Text.Length], Token);

        response.Dispose();
        _gate.Release(3);

        UsageRecord record = Assert.Single(await _sink.WaitForAsync(1, Token));
        Assert.Equal((UsageOutcome.Abandoned, UsageStatus.Exact), (record.Outcome, record.Status));
    }

    [Fact]
    public async Task Response_NeverOpened_IsReadWhereTheOptionsSaySo()
    {
        HttpResponseMessage response = await SendAsync(new UsageCaptureOptions { DrainUnfinished = true });

        response.Dispose();
        _gate.Release(3);

        Assert.Equal(UsageStatus.Exact, Assert.Single(await _sink.WaitForAsync(1, Token)).Status);
        await _server.WaitUntilClosedAsync(Token);
    }

    [Fact]
    public async Task Response_WithDrainingOff_IsPublishedAtOnce()
    {
        HttpResponseMessage response = await SendAsync(new UsageCaptureOptions { DrainTimeout = TimeSpan.Zero });
        await ReadToTheFinishAsync(response);

        response.Dispose();

        Assert.Equal(UsageOutcome.Abandoned, Assert.Single(_sink.Records).Outcome);
        Assert.Equal(0, _server.OpenResponseCount);
    }

    [Fact]
    public async Task Response_DisposedInTheMiddleOfARead_IsNotReadByTwo()
    {
        HttpResponseMessage response = await SendAsync();
        Stream body = await ReadToTheFinishAsync(response);
        Task<int> read = body.ReadAsync(new byte[10], 0, 10, Token);
        Assert.False(read.IsCompleted);

        response.Dispose();

        Assert.Equal(UsageOutcome.Abandoned, Assert.Single(_sink.Records).Outcome);
        Assert.Equal(0, _server.OpenResponseCount);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(1)]
    [InlineData(130)]
    public async Task Responses_MoreThanAreDrainedAtATime_ArePublishedAtOnceAndNamed(int? maxDrains)
    {
        const int Excess = 3;
        int limit = maxDrains ?? 100;
        UsageCaptureOptions? options = maxDrains is { } max ? new UsageCaptureOptions { MaxConcurrentDrains = max } : null;
        var log = new CollectingLogger<UsageCaptureHandler>();
        using var endings = new UsageCapture.Exchanges.BackgroundWork();
        List<ReplayHandler> servers = [];
        for (int i = 0; i < limit + Excess; i++)
        {
            servers.Add(new ReplayHandler(Chat.Stalling(Chat.Text, Chat.Finish)));
            HttpResponseMessage response = await SendAsync(servers[^1], new UsageCaptureHandler(new UsageCapture.Delivery.SinkSource([_sink]), options, log, _clock, endings, new UsageCapture.Requests.RefusingEndpoints()));
            await ReadToTheFinishAsync(response);
            response.Dispose();
        }

        Assert.Equal(limit, endings.DrainCount);
        Assert.Equal(Excess, _sink.Records.Count);
        Assert.All(_sink.Records, record => Assert.Equal((UsageStatus.Missing, UsageAnomalies.NotDrained), (record.Status, record.Anomalies & UsageAnomalies.NotDrained)));
        (Microsoft.Extensions.Logging.LogLevel level, string message) = Assert.Single(log.Entries);
        Assert.Equal(Microsoft.Extensions.Logging.LogLevel.Warning, level);
        Assert.Contains($"{limit} responses are being read already", message, StringComparison.Ordinal);
        Assert.Equal(0, servers[^1].OpenResponseCount);

        _clock.Advance(TimeSpan.FromSeconds(2));
        IReadOnlyList<UsageRecord> records = await _sink.WaitForAsync(servers.Count, Token);
        Assert.Equal(Excess, records.Count(record => record.Anomalies.HasFlag(UsageAnomalies.NotDrained)));
        await Task.WhenAll(servers.Select(server => server.WaitUntilClosedAsync(Token)));
    }

    [Fact]
    public async Task MaxConcurrentDrains_ReachedAgainAfterAMinute_IsLoggedAgain()
    {
        var log = new CollectingLogger<UsageCaptureHandler>();
        using var endings = new UsageCapture.Exchanges.BackgroundWork();
        var options = new UsageCaptureOptions { MaxConcurrentDrains = 1, DrainTimeout = TimeSpan.FromMinutes(10) };
        foreach (int seconds in new[] { 0, 0, 59, 1 })
        {
            _clock.Advance(TimeSpan.FromSeconds(seconds));
            HttpResponseMessage response = await SendAsync(
                new ReplayHandler(Chat.Stalling(Chat.Text, Chat.Finish)),
                new UsageCaptureHandler(new UsageCapture.Delivery.SinkSource([_sink]), options, log, _clock, endings, new UsageCapture.Requests.RefusingEndpoints()));
            await ReadToTheFinishAsync(response);
            response.Dispose();
        }

        Assert.Equal(3, _sink.Records.Count);
        Assert.Equal(2, log.Entries.Count);
        _clock.Advance(TimeSpan.FromMinutes(10));
    }

    [Fact]
    public async Task FlushAsync_WhileAResponseIsDrained_WaitsForItsRecord()
    {
        var handler = new UsageCaptureHandler(_sink, timeProvider: _clock) { InnerHandler = _server };
        HttpResponseMessage response = await SendAsync(_server, handler);
        await ReadToTheFinishAsync(response);
        response.Dispose();

        Task flush = handler.FlushAsync(Token);
        Assert.False(flush.IsCompleted);
        using var cancel = new CancellationTokenSource();
        Task canceled = handler.FlushAsync(cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => canceled);
        _gate.Open();
        await flush.WaitAsync(Token);

        Assert.Equal(UsageStatus.Exact, Assert.Single(_sink.Records).Status);
    }

    [Fact]
    public async Task FlushAsync_WhileASinkWrites_WaitsForIt()
    {
        var sink = new GatedSink();
        using var handler = new UsageCaptureHandler(sink) { InnerHandler = _server };
        await handler.FlushAsync(Token);
        (await SendAsync(_server, handler)).Dispose();
        await sink.Called.WaitAsync(Token);

        Task flush = handler.FlushAsync(Token);
        Assert.False(flush.IsCompleted);
        sink.Open();

        await flush.WaitAsync(Token);
    }

    [Fact]
    public async Task Handler_OnItsDisposal_WaitsForTheTail()
    {
        var handler = new UsageCaptureHandler(_sink, timeProvider: _clock) { InnerHandler = _server };
        using var client = new HttpClient(handler);
        using HttpRequestMessage request = Chat.Request();
        HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
        await ReadToTheFinishAsync(response);
        response.Dispose();

        Thread disposing = StartDisposal(client);
        Assert.True(disposing.IsAlive);
        _gate.Release();

        Assert.True(disposing.Join(TimeSpan.FromSeconds(30)));

        Assert.Equal(UsageStatus.Exact, Assert.Single(_sink.Records).Status);
    }

    [Fact]
    public async Task Handler_OnItsDisposal_WaitsForASinkThatNobodyElseWaitsFor()
    {
        var sink = new GatedSink();
        var client = new HttpClient(new UsageCaptureHandler(sink) { InnerHandler = _server });
        using HttpRequestMessage request = Chat.Request();
        (await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token)).Dispose();
        await sink.Called.WaitAsync(Token);

        Thread disposing = StartDisposal(client);
        Assert.True(disposing.IsAlive);
        sink.Open();

        Assert.True(disposing.Join(TimeSpan.FromSeconds(30)));
        Assert.True(sink.HasStored);
    }

    [Fact]
    public async Task Handler_OnItsDisposal_WaitsForTheRecordOfARequestThatFailed()
    {
        var sink = new GatedSink();
        var handler = new UsageCaptureHandler(sink) { InnerHandler = new ReplayHandler(Chat.Answer.Unreachable()) };
        var client = new HttpClient(handler);
        using HttpRequestMessage request = Chat.Request();
        await Assert.ThrowsAsync<HttpRequestException>(() => client.SendAsync(request, Token));
        await sink.Called.WaitAsync(Token);

        // A flush waits for the same work as the disposal, and shows at once whether there is any.
        Assert.False(handler.FlushAsync(Token).IsCompleted);
        Thread disposing = StartDisposal(client);
        Assert.True(disposing.IsAlive);
        sink.Open();

        Assert.True(disposing.Join(TimeSpan.FromSeconds(30)));
        Assert.True(sink.HasStored);
    }

    /// <summary>Leaves a response after its finish reason, reads it in several ways, and returns the types of the exceptions.</summary>
    private async Task<string[]> ReadAfterDisposalAsync(HttpClient client, bool streamFirst)
    {
        using HttpRequestMessage request = Chat.Request();
        HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
        Stream body = await ReadToTheFinishAsync(response);
        (streamFirst ? (IDisposable)body : response).Dispose();
        Func<Task>[] reads =
        [
            async () => await body.ReadAsync(new byte[10], Token),
            async () => await body.ReadAsync(new byte[10], new CancellationToken(canceled: true)),
            () => Task.FromResult(body.Read(new byte[10])),
            () => Task.FromResult(body.ReadByte()),
            () => body.CopyToAsync(Stream.Null, Token),
        ];
        return await Task.WhenAll(reads.Select(async read =>
        {
            Exception exception = await Assert.ThrowsAnyAsync<Exception>(read);
            return exception is OperationCanceledException ? nameof(OperationCanceledException) : exception.GetType().Name;
        }));
    }

    /// <summary>Starts a disposal, and lets it come to where it waits, or to its end.</summary>
    private static Thread StartDisposal(HttpClient client)
    {
        // A thread also waits while code is prepared that runs for the first time. So the code of a disposal runs once before.
        new HttpClient(new UsageCaptureHandler(new InMemoryUsageSink()) { InnerHandler = new ReplayHandler(Chat.Answer) }).Dispose();
        var disposing = new Thread(client.Dispose) { IsBackground = true };
        disposing.Start();
        Wait.Until(() => !disposing.IsAlive || disposing.ThreadState.HasFlag(ThreadState.WaitSleepJoin));
        return disposing;
    }

    private async Task<HttpResponseMessage> SendAndCancelBehindTheFinishAsync()
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
        HttpResponseMessage response = await SendAsync();
        Stream body = await ReadToTheFinishAsync(response);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await body.ReadAsync(new byte[10], cancel.Token));
        return response;
    }

    private async Task<Stream> ReadToTheFinishAsync(HttpResponseMessage response)
    {
        _gate.Release(2);
        Stream body = await response.Content.ReadAsStreamAsync(Token);
        await body.ReadExactlyAsync(new byte[Chat.Text.Length + Chat.Finish.Length], Token);
        return body;
    }

    /// <summary>Makes a server that sends the next of these pieces when the gate is released.</summary>
    private ReplayHandler Serve(params string[] pieces)
    {
        Recording answer = Chat.Of(pieces);
        RecordedChunk[] chunks = [.. pieces.Select(piece => new RecordedChunk { Length = piece.Length })];
        return new ReplayHandler(answer with { Response = answer.Response with { Chunks = chunks } }) { Gate = _gate };
    }

    private Task<HttpResponseMessage> SendAsync(UsageCaptureOptions? options = null, ReplayHandler? server = null) =>
        SendAsync(server ?? _server, new UsageCaptureHandler(_sink, options, timeProvider: _clock));

    private static async Task<HttpResponseMessage> SendAsync(ReplayHandler server, UsageCaptureHandler handler)
    {
        handler.InnerHandler = server;
        using HttpRequestMessage request = Chat.Request();
        return await new HttpClient(handler).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
    }
}
