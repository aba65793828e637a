using UsageCapture.Delivery;

namespace UsageCapture.Tests.Delivery;

public sealed class UsagePublisherTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)] // Milliseconds. A publisher that waits longer than its timeout would wait forever, because the clock stands still.
    public async Task Publishing_WhenTheSinkIsStillBeingCreated_TakesOneTimeoutForItsConstructorAndItsWriteTogether()
    {
        var clock = new ManualTimeProvider();
        var log = new CollectingLogger<UsageCaptureHandler>();
        var constructor = new TaskCompletionSource();
        var called = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var hanging = new AsyncActionSink(_ =>
        {
            called.SetResult();
            return new TaskCompletionSource().Task;
        });
        IUsageSink[] Create()
        {
            constructor.Task.Wait(Token);
            return [hanging];
        }

        var publisher = new UsagePublisher(new SinkSource(Create), TimeSpan.FromSeconds(2), clock, log);

        Task publishing = publisher.PublishAsync(RandomRecord.Create(seed: 1));
        clock.Advance(TimeSpan.FromSeconds(1.5));
        constructor.SetResult();
        await called.Task.WaitAsync(Token);
        Assert.False(publishing.IsCompleted);
        clock.Advance(publisher.Timeout - TimeSpan.FromSeconds(1.5));

        await publishing.WaitAsync(Token);
        Assert.Contains("did not store a record within the PublishTimeout", Assert.Single(log.Entries).Message, StringComparison.Ordinal);
    }
}
