using UsageCapture.Delivery;

namespace UsageCapture.Tests.Delivery;

/// <summary>The exit of the process waits first for the exchanges and then for the queues, in total less than the 30 seconds of a container platform.</summary>
public sealed class ProcessExitLimitTests
{
    [Theory]
    [InlineData(0, 25)]
    [InlineData(10, 15)]
    [InlineData(15 + 2, 8)] // The longest time of the exchanges, with the time to cancel what is left.
    public void FinishAll_GivesTheQueuesTheTimeThatTheExchangesLeave(int secondsOfExchanges, int secondsOfQueues)
    {
        var clock = new ManualTimeProvider();
        TimeSpan? exchangeWait = null;
        TimeSpan? queueWait = null;

        ProcessExit.FinishAll(
            [new Participant(maxWait =>
            {
                exchangeWait = maxWait;
                clock.Advance(TimeSpan.FromSeconds(secondsOfExchanges));
                return Task.CompletedTask;
            })],
            [new Participant(maxWait =>
            {
                queueWait = maxWait;
                return Task.CompletedTask;
            })],
            clock);

        Assert.Equal((TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(secondsOfQueues)), (exchangeWait, queueWait));
    }

    [Fact]
    public void FinishAll_WithUnfinishedExchanges_WaitsForThemBeforeItCallsTheQueues()
    {
        using var exchangeCalled = new ManualResetEventSlim();
        var exchange = new TaskCompletionSource();
        bool queueCalled = false;
        var exit = new Thread(() => ProcessExit.FinishAll(
            [new Participant(_ =>
            {
                exchangeCalled.Set();
                return exchange.Task;
            })],
            [new Participant(_ =>
            {
                Volatile.Write(ref queueCalled, true);
                return Task.CompletedTask;
            })]));

        exit.Start();
        exchangeCalled.Wait(TestContext.Current.CancellationToken);
        SpinWait.SpinUntil(() => exit.ThreadState.HasFlag(ThreadState.WaitSleepJoin) || !exit.IsAlive);

        Assert.False(Volatile.Read(ref queueCalled));
        exchange.SetResult();
        exit.Join();
        Assert.True(queueCalled);
    }

    [Fact]
    public void FinishAll_WithoutWork_ReturnsAtOnce() => ProcessExit.FinishAll([], []);

    private sealed class Participant(Func<TimeSpan, Task> finish) : IExitParticipant
    {
        public Task FinishAsync(TimeSpan maxWait) => finish(maxWait);
    }
}
