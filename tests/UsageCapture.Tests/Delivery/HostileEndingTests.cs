using Microsoft.Extensions.DependencyInjection;

using UsageCapture.Testing;

namespace UsageCapture.Tests.Delivery;

/// <summary>Failures where no caller waits any more: on the finalizer thread, in a drain, after a timeout, and in a sink's constructor.</summary>
public sealed class HostileEndingTests
{
    private readonly ManualTimeProvider _clock = new();
    private readonly InMemoryUsageSink _sink = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Response_DroppedWhereSinksAndLoggerThrow_HasItsRecord()
    {
        IUsageSink[] sinks =
        [
            new ActionSink(_ => throw new InvalidOperationException("The table is gone.")),
            new LoggingUsageSink(new ThrowingLogger<LoggingUsageSink>()),
            _sink,
        ];
        await DropAsync(new UsageCaptureHandler(sinks, logger: new ThrowingLogger<UsageCaptureHandler>()));

        while (_sink.Records.Count == 0)
        {
            Token.ThrowIfCancellationRequested();
            GC.Collect();
            GC.WaitForPendingFinalizers();
            await Task.Yield();
        }

        Assert.Equal(UsageOutcome.Abandoned, Assert.Single(_sink.Records).Outcome);
    }

    [Fact]
    public async Task Drain_WhoseBodyThrowsInACallbackAndInItsDisposal_EndsWithARecord()
    {
        var body = new HostileStream(Chat.Text + Chat.Finish);
        var server = new AnsweringHandler((_, _) => Task.FromResult(new HttpResponseMessage { Content = new StreamContent(body) }));
        var handler = new UsageCaptureHandler(_sink, logger: new ThrowingLogger<UsageCaptureHandler>(), timeProvider: _clock) { InnerHandler = server };
        using var client = new HttpClient(handler);
        using HttpRequestMessage request = Chat.Request();
        HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
        await (await response.Content.ReadAsStreamAsync(Token)).ReadExactlyAsync(new byte[(Chat.Text + Chat.Finish).Length], Token);

        response.Dispose();
        await body.Hangs.WaitAsync(Token);
        _clock.Advance(TimeSpan.FromSeconds(2));

        UsageRecord record = Assert.Single(await _sink.WaitForAsync(1, Token));
        Assert.Equal((UsageOutcome.Abandoned, UsageStatus.Missing), (record.Outcome, record.Status));
        await handler.FlushAsync(Token);
    }

    [Fact]
    public async Task Sink_ThatFailsAfterItsTimeout_IsLogged()
    {
        var log = new CollectingLogger<UsageCaptureHandler>();
        var failure = new TaskCompletionSource();
        var called = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var sink = new AsyncActionSink(_ =>
        {
            called.SetResult();
            return failure.Task;
        });
        using var client = new HttpClient(new UsageCaptureHandler(sink, logger: log, timeProvider: _clock) { InnerHandler = new ReplayHandler(Chat.Answer) });
        using HttpRequestMessage request = Chat.Request();
        Task<HttpResponseMessage> sending = client.SendAsync(request, Token);
        await called.Task.WaitAsync(Token);
        _clock.Advance(TimeSpan.FromSeconds(2));
        (await sending).Dispose();

        failure.SetException(new InvalidOperationException("The table is gone."));

        Wait.Until(() => log.Entries.Count == 2);
        Assert.Contains("failed after its PublishTimeout had passed", log.Entries[1].Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task SinkConstructor_ThatHangs_LetsCallsGoOn(bool isAsync)
    {
        var log = new CollectingLogger<UsageCaptureHandler>();
        using var gate = new ManualResetEventSlim();
        var services = new ServiceCollection();
        services.AddSingleton(gate);
        services.AddSingleton<Microsoft.Extensions.Logging.ILogger<UsageCaptureHandler>>(log);
        services.AddHttpClient("openai")
            .ConfigurePrimaryHttpMessageHandler(() => new ReplayHandler(Chat.Answer))
            .AddUsageCapture(options => options.PublishTimeout = TimeSpan.FromMilliseconds(20));
        services.AddUsageSink<HangingSink>();
        await using ServiceProvider provider = services.BuildServiceProvider();
        HttpClient client = provider.GetRequiredService<IHttpClientFactory>().CreateClient("openai");

        for (int i = 0; i < 2; i++)
        {
            using HttpRequestMessage request = Chat.Request();
            using HttpResponseMessage response = isAsync ? await client.SendAsync(request, Token) : client.Send(request, Token);
            Assert.Equal(Chat.Answer.Body.ToArray(), await response.Content.ReadAsByteArrayAsync(Token));
        }

        await provider.GetRequiredService<UsageCapture.Exchanges.BackgroundWork>().FlushAsync(Token);
        Assert.Equal(2, log.Entries.Count);
        Assert.All(log.Entries, entry => Assert.Contains("The sinks were not created", entry.Message, StringComparison.Ordinal));
        gate.Set();
    }

    private static async Task DropAsync(UsageCaptureHandler handler)
    {
        handler.InnerHandler = new ReplayHandler(Chat.Stalling(Chat.Text));
        using HttpRequestMessage request = Chat.Request();
        await new HttpClient(handler).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
    }

    private sealed class HangingSink : IUsageSink
    {
        public HangingSink(ManualResetEventSlim gate) => gate.Wait(Token);

        public ValueTask WriteAsync(IReadOnlyList<UsageRecord> records, CancellationToken cancellationToken) => default;
    }

    /// <summary>A body that hangs after its bytes. The callback that it registers at the token of the read throws, and so does its disposal.</summary>
    private sealed class HostileStream(string text) : MemoryStream(System.Text.Encoding.UTF8.GetBytes(text))
    {
        private readonly TaskCompletionSource _hangs = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Hangs => _hangs.Task;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (Position < Length)
            {
                return await base.ReadAsync(buffer, cancellationToken);
            }

            await using CancellationTokenRegistration registration = cancellationToken.Register(() => throw new InvalidOperationException("The callback is broken."));
            _hangs.TrySetResult();
            await new TaskCompletionSource().Task;
            return 0;
        }

        protected override void Dispose(bool disposing)
        {
            base.Dispose(disposing);
            throw new InvalidOperationException("The disposal is broken.");
        }
    }
}
