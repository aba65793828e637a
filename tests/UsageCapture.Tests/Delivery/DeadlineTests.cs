using UsageCapture.Delivery;

namespace UsageCapture.Tests.Delivery;

public sealed class DeadlineTests
{
    private const int TimeLimit = 60_000; // Milliseconds. A deadline that does not pass would stop the whole run.

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    private static CancellationToken TestToken => TestContext.Current.CancellationToken;

    public static TheoryData<string> Ends => ["success", "failure", "cancellation"];

    [Theory(Timeout = TimeLimit)]
    [MemberData(nameof(Ends))]
    public async Task WaitAsync_OfATaskThatEndsInTime_IsTrue(string end)
    {
        var clock = new ManualTimeProvider();
        using var deadline = new Deadline(Timeout, clock);
        var work = new TaskCompletionSource();

        Task<bool> waiting = deadline.WaitAsync(work.Task);
        clock.Advance(Timeout - TimeSpan.FromTicks(1));
        Assert.False(waiting.IsCompleted);
        Complete(work, end);

        Assert.True(await waiting);
        Assert.False(deadline.HasPassed);
        Assert.False(deadline.Token.IsCancellationRequested);
    }

    [Theory(Timeout = TimeLimit)]
    [MemberData(nameof(Ends))]
    public async Task WaitAsync_OfATaskThatEndsLater_IsFalse(string end)
    {
        var clock = new ManualTimeProvider();
        using var deadline = new Deadline(Timeout, clock);
        var work = new TaskCompletionSource();
        var canceled = new TaskCompletionSource();
        await using CancellationTokenRegistration registration = deadline.Token.Register(canceled.SetResult);

        Task<bool> waiting = deadline.WaitAsync(work.Task);
        Assert.False(deadline.HasPassed);
        clock.Advance(Timeout);

        Assert.True(deadline.HasPassed);
        Assert.False(await waiting);
        await canceled.Task.WaitAsync(TestToken);
        Complete(work, end);
    }

    [Fact(Timeout = TimeLimit)]
    public async Task Cancel_BeforeTheTime_LetsTheDeadlinePass()
    {
        using var deadline = new Deadline(Timeout, new ManualTimeProvider());

        deadline.Cancel();

        Assert.True(deadline.HasPassed);
        Assert.False(await deadline.WaitAsync(new TaskCompletionSource().Task));
    }

    [Fact(Timeout = TimeLimit)]
    public async Task Cancel_WithCallbacksThatThrow_CallsAllOfThemAndDoesNotThrow()
    {
        using var deadline = new Deadline(Timeout, new ManualTimeProvider());
        var called = new TaskCompletionSource();
        await using CancellationTokenRegistration calledLast = deadline.Token.Register(called.SetResult);
        await using CancellationTokenRegistration calledFirst = deadline.Token.Register(() => throw new InvalidOperationException("Test."));

        deadline.Cancel();

        await called.Task.WaitAsync(TestToken);
    }

    [Fact(Timeout = TimeLimit)]
    public async Task Dispose_WhileACallbackRuns_DoesNotRemoveTheOthers()
    {
        var deadline = new Deadline(Timeout, new ManualTimeProvider());
        var blocked = new TaskCompletionSource();
        var called = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var open = new ManualResetEventSlim();
        _ = deadline.Token.Register(called.SetResult);
        _ = deadline.Token.Register(() =>
        {
            blocked.SetResult();
            open.Wait(TestToken);
        });

        deadline.Cancel();
        await blocked.Task.WaitAsync(TestToken);
        deadline.Dispose();
        open.Set();

        await called.Task.WaitAsync(TestToken);
    }

    [Fact]
    public void Dispose_BeforeTheDeadline_EndsTheClockAndKeepsTheToken()
    {
        var clock = new ManualTimeProvider();
        var deadline = new Deadline(Timeout, clock);

        deadline.Dispose();
        clock.Advance(Timeout);
        Assert.False(deadline.HasPassed);
        deadline.Cancel();

        Assert.False(deadline.Token.IsCancellationRequested);
    }

    private static void Complete(TaskCompletionSource work, string end)
    {
        switch (end)
        {
            case "success":
                work.SetResult();
                break;
            case "failure":
                work.SetException(new InvalidOperationException("Test."));
                break;
            default:
                work.SetCanceled(CancellationToken.None);
                break;
        }
    }
}
