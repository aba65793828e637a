using System.Diagnostics;

using UsageCapture.Delivery;

namespace UsageCapture.Tests.Delivery;

/// <summary>A program without a container that leaves responses early and ends: real child processes lose no record.</summary>
public sealed class ProcessExitTests
{
    private const int TimeLimit = 120_000; // Milliseconds. A program that does not end would stop the whole run.

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory(Timeout = TimeLimit)]
    [InlineData("drain", 0, UsageStatus.Exact)]
    [InlineData("exit-code", 3, UsageStatus.Exact)]
    [InlineData("slow-sink", 0, UsageStatus.Missing)] // The caller left before the finish reason.
    [InlineData("queue", 0, UsageStatus.Exact)]
    [InlineData("stalled", 0, UsageStatus.Missing)]
    public async Task Program_ThatEndsAfterLeavingAResponse_HasItsRecord(string situation, int exitCode, UsageStatus status)
    {
        (int code, string output, string error) = await RunAsync(situation);

        UsageRecord record = UsageRecord.FromJson(output.Trim());
        Assert.Equal((exitCode, status, UsageOutcome.Abandoned), (code, record.Status, record.Outcome));
        Assert.Equal("", error);
    }

    [Fact(Timeout = TimeLimit)]
    public async Task Program_ThatFlushes_HasItsRecordWhenTheFlushReturns()
    {
        (_, string output, _) = await RunAsync("flush");

        string[] lines = output.Trim().Split('\n');
        Assert.Equal(2, lines.Length);
        Assert.Equal(UsageStatus.Exact, UsageRecord.FromJson(lines[0]).Status);
        Assert.Equal("flushed", lines[1].Trim());
    }

    [Theory(Timeout = TimeLimit)]
    [InlineData("failing-sink", "UsageCapture Error: The sink ConsoleSink failed and did not store 1 records: ", "The database is gone.")]
    [InlineData("hanging-sink", "UsageCapture Error: The sink ConsoleSink did not store a record", "PublishTimeout")]
    [InlineData("hanging-queue", "UsageCapture Error: The sink ConsoleSink did not store 1 records in the 00:00:00.1", "exit of the process")]
    public async Task Program_WithoutALogger_WritesARecordThatItsSinkDidNotStoreToStandardError(string situation, string start, string part)
    {
        (int code, string output, string error) = await RunAsync(situation);

        Assert.Equal((0, ""), (code, output));
        string line = Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith(start, line, StringComparison.Ordinal);
        Assert.Contains(part, line, StringComparison.Ordinal);
        string json = line[line.IndexOf('{', StringComparison.Ordinal)..(line.LastIndexOf('}') + 1)];
        Assert.Equal(UsageOutcome.Abandoned, UsageRecord.FromJson(json).Outcome);
    }

    [Fact(Timeout = TimeLimit)]
    public async Task Program_WhoseStandardErrorIsNotRead_IsNotDelayed()
    {
        using Process process = Start("unread-error");

        Assert.Equal("done", await process.StandardOutput.ReadLineAsync(Token));
        await process.WaitForExitAsync(Token);
        Assert.Equal(0, process.ExitCode);
    }

    [Fact]
    public void Participant_ThatFails_DoesNotKeepTheOthersFromFinishing()
    {
        var exchange = new Participant(_ => Task.CompletedTask);
        var queue = new Participant(_ => Task.CompletedTask);

        ProcessExit.FinishAll(
            [
                new Participant(_ => throw new InvalidOperationException("Test: thrown.")),
                new Participant(_ => Task.FromException(new InvalidOperationException("Test: failed."))),
                exchange,
            ],
            [new Participant(_ => throw new InvalidOperationException("Test: thrown.")), queue]);

        Assert.True(exchange.HasFinished);
        Assert.True(queue.HasFinished);
    }

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
        Wait.Until(() => exit.ThreadState.HasFlag(System.Threading.ThreadState.WaitSleepJoin) || !exit.IsAlive);

        Assert.False(Volatile.Read(ref queueCalled));
        exchange.SetResult();
        exit.Join();
        Assert.True(queueCalled);
    }

    [Fact]
    public void FinishAll_WithoutWork_ReturnsAtOnce() => ProcessExit.FinishAll([], []);

    private static Process Start(string situation)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "UsageCapture.ExitProgram.dll");
        var start = new ProcessStartInfo("dotnet", ["exec", program, situation]) {
            UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        return Process.Start(start)!;
    }

    private static async Task<(int ExitCode, string Output, string Error)> RunAsync(string situation)
    {
        using Process process = Start(situation);
        Task<string> output = process.StandardOutput.ReadToEndAsync(Token);
        Task<string> error = process.StandardError.ReadToEndAsync(Token);
        await process.WaitForExitAsync(Token);
        return (process.ExitCode, await output, await error);
    }

    private sealed class Participant(Func<TimeSpan, Task> finish) : IExitParticipant
    {
        public bool HasFinished { get; private set; }

        public Task FinishAsync(TimeSpan maxWait)
        {
            HasFinished = true;
            return finish(maxWait);
        }
    }
}
