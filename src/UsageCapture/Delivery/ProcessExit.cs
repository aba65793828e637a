using System.Diagnostics;
using System.Runtime.CompilerServices;

using UsageCapture.Telemetry;

namespace UsageCapture.Delivery;

/// <summary>Lets the process exit only after the records that are under way have reached their sinks, or after a limit of time.</summary>
/// <remarks>
/// <para>
/// Without a container, a program often ends without disposing its clients and sinks. <see cref="AppDomain.ProcessExit"/> is raised when
/// <c>Main</c> returns, at <see cref="Environment.Exit"/>, and at SIGTERM. It is not raised when the process crashes or is killed.
/// </para>
/// <para>
/// First the exchanges end: responses are read to their usage, and records are published. Then the queues that these records are in are
/// delivered. When there is no such work, the exit does not wait. Thread-safe.
/// </para>
/// </remarks>
internal static class ProcessExit
{
    // Container platforms kill a process 30 seconds after SIGTERM. What is left is logged before.
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(25);

    // By default, reading takes at most two seconds and publishing two more. Longer options must not take the time of the queues.
    private static readonly TimeSpan MaxWaitForExchanges = TimeSpan.FromSeconds(15);

    // The time to end what is left after the longest wait. The limit also holds when the thread pool is blocked.
    private static readonly TimeSpan ExtraTime = TimeSpan.FromSeconds(2);

    // Work that is under way keeps its object alive. Idle ones may be collected.
    private static readonly ConditionalWeakTable<IFinishedAtExit, object?> Exchanges = [];
    private static readonly ConditionalWeakTable<IFinishedAtExit, object?> Queues = [];

    static ProcessExit() => AppDomain.CurrentDomain.ProcessExit += static (_, _) => WaitForAll();

    /// <summary>Registers the background work of exchanges.</summary>
    public static void AddExchanges(IFinishedAtExit exchanges) => Exchanges.Add(exchanges, null);

    /// <summary>Registers a queue of records.</summary>
    public static void AddQueue(IFinishedAtExit queue) => Queues.Add(queue, null);

    private static void WaitForAll()
    {
        try
        {
            long start = Stopwatch.GetTimestamp();
            Finish(Exchanges, MaxWaitForExchanges);
            Finish(Queues, MaxWait - Stopwatch.GetElapsedTime(start));
            StandardErrorLogger.Flush(ExtraTime);
        }
#pragma warning disable CA1031 // The process exits. An exception here would change its exit code.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }

    private static void Finish(ConditionalWeakTable<IFinishedAtExit, object?> registered, TimeSpan maxWait)
    {
        Task[] finishing = [.. registered.Select(entry => entry.Key.FinishAsync(maxWait))];
        Task.WaitAll(finishing, maxWait + ExtraTime);
    }
}
