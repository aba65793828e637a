using System.Runtime.CompilerServices;

using UsageCapture.Testing;

namespace UsageCapture.Tests.Delivery;

/// <summary>Sinks and loggers that throw at unexpected places. The caller reads the same bytes as without the handler.</summary>
public sealed class HostileSinkTests
{
    private static readonly Recording Answer = Chat.Of(Chat.Text, Chat.Finish, Chat.Usage, Chat.Done);
    private static readonly string Body = Chat.Text + Chat.Finish + Chat.Usage + Chat.Done;

    private readonly ManualTimeProvider _clock = new();
    private readonly CollectingLogger<UsageCaptureHandler> _log = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Logger_ThatThrows_IsNotSeenByTheCaller()
    {
        IUsageSink[] sinks =
        [
            new LoggingUsageSink(new ThrowingLogger<LoggingUsageSink>()),
            new ActionSink(_ => throw new InvalidOperationException("The table is gone.")),
        ];
        var options = new UsageCaptureOptions { Enrich = (_, _) => throw new InvalidOperationException("No tags.") };
        using var client = new HttpClient(
            new UsageCaptureHandler(sinks, options, new ThrowingLogger<UsageCaptureHandler>()) { InnerHandler = new ReplayHandler(Answer) });

        Assert.Equal(Body, await ReadAsync(client));
        using HttpRequestMessage request = Chat.Request();
        (await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token)).Dispose();
    }

    [Fact]
    public async Task Logger_ThatThrows_DoesNotStopABufferedSink()
    {
        var stored = new List<UsageRecord>();
        bool isFirst = true;
        var failing = new ActionSink(record =>
        {
            if (isFirst)
            {
                isFirst = false;
                throw new InvalidOperationException("The table is gone.");
            }

            stored.Add(record);
        });
        await using (var buffer = new BufferedUsageSink(
            failing, new BufferedUsageSinkOptions { MaxBatchSize = 1 }, new ThrowingLogger<BufferedUsageSink>()))
        {
            using var client = Client(buffer);
            await ReadAsync(client);
            await ReadAsync(client);
        }

        Assert.Single(stored);
    }

    [Fact]
    public async Task Sink_WhoseCancellationCallbackThrows_IsLoggedAsLate()
    {
        var registered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var client = Client(new AsyncActionSink(async token =>
        {
            token.Register(() => throw new InvalidOperationException("The callback is broken."));
            registered.SetResult();
            await new TaskCompletionSource().Task;
        }));

        Task<string> reading = ReadAsync(client);
        await registered.Task.WaitAsync(Token);
        _clock.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(Body, await reading);
        Assert.Contains("within the PublishTimeout", Assert.Single(_log.Entries).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sink_ThatCancelsItself_IsLoggedAsFailed()
    {
        using var client = Client(new AsyncActionSink(_ => throw new OperationCanceledException("The connection timed out.")));

        Assert.Equal(Body, await ReadAsync(client));

        Assert.Contains("AsyncActionSink failed and did not store 1 records", Assert.Single(_log.Entries).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sink_ThatObeysItsToken_IsLoggedAsLateAndNotAsFailed()
    {
        var called = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var client = Client(new AsyncActionSink(async token =>
        {
            called.SetResult();
            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, token);
            }
            finally
            {
                ended.SetResult();
            }
        }));

        Task<string> reading = ReadAsync(client);
        await called.Task.WaitAsync(Token);
        _clock.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(Body, await reading);
        await ended.Task.WaitAsync(Token);
        Assert.Contains("within the PublishTimeout", Assert.Single(_log.Entries).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sink_ThatThrowsAfterTheTimeout_LeavesNoUnobservedException()
    {
        string text = Guid.CreateVersion7().ToString();
        bool isUnobserved = false;
        void Check(object? sender, UnobservedTaskExceptionEventArgs arguments) =>
            isUnobserved |= arguments.Exception.ToString().Contains(text, StringComparison.Ordinal);
        TaskScheduler.UnobservedTaskException += Check;
        try
        {
            await FailLateAsync(text);
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        finally
        {
            TaskScheduler.UnobservedTaskException -= Check;
        }

        Assert.False(isUnobserved);
    }

    [Fact]
    public void Sinks_WithNull_AreRefusedWithTheReason()
    {
        ArgumentException exception = Assert.Throws<ArgumentException>(() => new UsageCaptureHandler([new InMemoryUsageSink(), null!]));

        Assert.StartsWith(
            "The list of sinks has an element that is null. Remove it, or put a sink in its place.", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sink_ThatIsGivenTwice_GetsEachRecordOnce()
    {
        var sink = new InMemoryUsageSink();
        using var client = Client(sink, sink);

        await ReadAsync(client);

        Assert.Single(sink.Records);
    }

    [Fact]
    public async Task Handler_InsideAnother_IsTheOnlyOneThatRecords()
    {
        var outer = new InMemoryUsageSink();
        var inner = new InMemoryUsageSink();
        var innerHandler = new UsageCaptureHandler(inner) { InnerHandler = new ReplayHandler(Answer) };
        using var client = new HttpClient(new UsageCaptureHandler(outer) { InnerHandler = new PassingHandler { InnerHandler = innerHandler } });

        Assert.Equal(Body, await ReadAsync(client));

        Assert.Empty(outer.Records);
        Assert.Equal(UsageRequestState.AskedByHandler, Assert.Single(inner.Records).UsageRequest);
    }

    [Fact]
    public async Task Enrich_ThatSetsNull_LosesOnlyThatTagAndIsLoggedOnce()
    {
        var sink = new InMemoryUsageSink();
        var options = new UsageCaptureOptions
        {
            Enrich = (_, tags) =>
            {
                tags["tenant"] = "acme";
                tags["user"] = null!;
            },
        };
        using var client = new HttpClient(new UsageCaptureHandler(sink, options, _log) { InnerHandler = new ReplayHandler(Answer) });

        await ReadAsync(client);

        Assert.Equal("tenant", Assert.Single(Assert.Single(sink.Records).Tags).Key);
        Assert.Contains("Tags: user.", Assert.Single(_log.Entries).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Enrich_ThatKeepsItsDictionary_CannotChangeTheRecord()
    {
        var sink = new InMemoryUsageSink();
        IDictionary<string, string>? kept = null;
        var options = new UsageCaptureOptions { Enrich = (_, tags) => (kept = tags)["tenant"] = "acme" };
        using var client = new HttpClient(new UsageCaptureHandler(sink, options) { InnerHandler = new ReplayHandler(Answer) });
        using HttpRequestMessage request = Chat.Request();
        using HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);

        kept!.Clear();
        await response.Content.ReadAsStringAsync(Token);

        Assert.Equal("acme", Assert.Single(sink.Records).Tags["tenant"]);
    }

    private HttpClient Client(params IUsageSink[] sinks) =>
        new(new UsageCaptureHandler(sinks, logger: _log, timeProvider: _clock) { InnerHandler = new ReplayHandler(Answer) });

    // Not inlined, so that no local variable keeps the task of the sink alive.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private async Task FailLateAsync(string text)
    {
        var called = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var gate = new TaskCompletionSource();
        using var client = Client(new AsyncActionSink(async _ =>
        {
            called.SetResult();
            await gate.Task;
            throw new InvalidOperationException(text);
        }));
        Task<string> reading = ReadAsync(client);
        await called.Task.WaitAsync(Token);
        _clock.Advance(TimeSpan.FromSeconds(2));
        await reading;
        gate.SetResult();
    }

    private static async Task<string> ReadAsync(HttpClient client)
    {
        using HttpRequestMessage request = Chat.Request();
        using HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
        return await response.Content.ReadAsStringAsync(Token);
    }

    private sealed class PassingHandler : DelegatingHandler;
}
