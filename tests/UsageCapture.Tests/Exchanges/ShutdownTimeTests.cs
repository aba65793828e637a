using Microsoft.Extensions.DependencyInjection;

using UsageCapture.Delivery;
using UsageCapture.Exchanges;
using UsageCapture.Requests;
using UsageCapture.Testing;
using UsageCapture.TestSupport;

namespace UsageCapture.Tests.Exchanges;

/// <summary>A shutdown waits for the work of each exchange as long as the options allow that work to take, and not for ever.</summary>
/// <remarks>The exchanges use a clock that stands still, so their own timeouts never pass. Only the shutdown's clock is advanced.</remarks>
public sealed class ShutdownTimeTests : IDisposable
{
    private readonly ManualTimeProvider _shutdownClock = new();
    private readonly BackgroundWork _work;
    private readonly InMemoryUsageSink _sink = new();

    public ShutdownTimeTests() => _work = new BackgroundWork(_shutdownClock);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _work.Dispose();

    [Fact]
    public async Task Sink_WithinItsPublishTimeout_IsWaitedFor()
    {
        var sink = new GatedSink();
        await LeaveUnreadAsync(sink, new UsageCaptureOptions { PublishTimeout = TimeSpan.FromSeconds(20) });
        await sink.Called.WaitAsync(Token);

        Task finishing = _work.FinishAsync(TimeSpan.MaxValue);

        Assert.Equal(TimeSpan.FromSeconds(41), _shutdownClock.TimeUntilNextTimer);
        sink.Open();
        await finishing.WaitAsync(Token);
    }

    [Fact]
    public async Task Drain_ThatUsesItsWholeTimeout_StillHasATimeoutForItsRecord()
    {
        await LeaveAfterFinishAsync(new UsageCaptureOptions { DrainTimeout = TimeSpan.FromSeconds(20), PublishTimeout = TimeSpan.FromSeconds(1) });

        Task finishing = _work.FinishAsync(TimeSpan.MaxValue);

        Assert.Equal(TimeSpan.FromSeconds(41), _shutdownClock.TimeUntilNextTimer);
        Advance(seconds: 41);
        await _sink.WaitForAsync(1, Token); // The drain is aborted.

        await finishing.WaitAsync(Token);
    }

    [Fact]
    public async Task Shutdown_WithAShorterWait_AbortsTheDrainAfterIt()
    {
        await LeaveAfterFinishAsync(new UsageCaptureOptions { DrainTimeout = TimeSpan.FromSeconds(20) });

        Task finishing = _work.FinishAsync(TimeSpan.FromSeconds(15));

        Assert.Equal(TimeSpan.FromSeconds(15), _shutdownClock.TimeUntilNextTimer);
        Advance(seconds: 15);

        Assert.Equal(UsageOutcome.Abandoned, Assert.Single(await _sink.WaitForAsync(1, Token)).Outcome);
        await finishing.WaitAsync(Token);
    }

    [Fact]
    public async Task Sink_ThatIgnoresItsPublishTimeout_DoesNotHoldTheShutdown()
    {
        var sink = new GatedSink();
        await LeaveUnreadAsync(sink, new UsageCaptureOptions { PublishTimeout = TimeSpan.FromSeconds(2) });

        Task finishing = _work.FinishAsync(TimeSpan.MaxValue);
        Advance(seconds: 5); // Twice the timeout, and one second.
        _shutdownClock.WaitForTimer();
        Assert.Equal(TimeSpan.FromSeconds(1), _shutdownClock.TimeUntilNextTimer);
        Advance(seconds: 1);

        await finishing.WaitAsync(Token);
        sink.Open();
        await _work.FlushAsync(Token);
    }

    [Theory]
    [InlineData(20, 1)]
    [InlineData(1, 20)]
    public async Task Shutdown_AfterWorkWithDifferentTimeouts_WaitsForTheLongestOne(int endedSeconds, int runningSeconds)
    {
        var ended = new TaskCompletionSource();
        _work.Track(ended.Task, TimeSpan.FromSeconds(endedSeconds));
        ended.SetResult();
        var running = new TaskCompletionSource();
        _work.Track(running.Task, TimeSpan.FromSeconds(runningSeconds));

        Task finishing = _work.FinishAsync(TimeSpan.MaxValue);
        TimeSpan? limit = _shutdownClock.TimeUntilNextTimer;
        running.SetResult();

        await finishing.WaitAsync(Token);
        Assert.Equal(TimeSpan.FromSeconds(41), limit);
    }

    [Fact]
    public async Task Container_WithAClockThatStandsStill_LimitsItsShutdownByTheSystemClock()
    {
        var clock = new ManualTimeProvider();
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(clock);
        services.AddHttpClient("openai").AddUsageCapture();
        await using ServiceProvider provider = services.BuildServiceProvider();
        BackgroundWork work = provider.GetRequiredService<BackgroundWork>();
        var running = new TaskCompletionSource();
        work.Track(running.Task, TimeSpan.FromSeconds(20));

        Task finishing = work.FinishAsync(TimeSpan.MaxValue);
        TimeSpan? limit = clock.TimeUntilNextTimer;
        running.SetResult();

        await finishing.WaitAsync(Token);
        Assert.Null(limit);
    }

    private void Advance(int seconds) => _shutdownClock.Advance(TimeSpan.FromSeconds(seconds));

    /// <summary>Disposes a response unread, so that only its record is work in the background.</summary>
    private async Task LeaveUnreadAsync(IUsageSink sink, UsageCaptureOptions options) =>
        (await SendAsync(sink, options, Chat.Answer)).Dispose();

    /// <summary>Disposes a response after its finish reason, so that it is drained. Its usage never comes.</summary>
    private async Task LeaveAfterFinishAsync(UsageCaptureOptions options)
    {
        using HttpResponseMessage response = await SendAsync(_sink, options, Chat.Stalling(Chat.Text, Chat.Finish));
        Stream body = await response.Content.ReadAsStreamAsync(Token);
        await body.ReadExactlyAsync(new byte[Chat.Text.Length + Chat.Finish.Length], Token);
    }

    private async Task<HttpResponseMessage> SendAsync(IUsageSink sink, UsageCaptureOptions options, Recording answer)
    {
        var handler = new UsageCaptureHandler(
            new SinkSource([sink]), options, logger: null, new ManualTimeProvider(), _work, new RefusingEndpoints())
        {
            InnerHandler = new ReplayHandler(answer),
        };
        using HttpRequestMessage request = Chat.Request();
        return await new HttpClient(handler).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
    }
}
