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
/// First the exchanges end: responses are drained, which means read until their usage, and records are published. Then the queues that
/// these records are in are delivered. When there is no such work, the exit does not wait. Thread-safe.
/// </para>
/// </remarks>
internal static class ProcessExit
{
    // Container platforms kill a process 30 seconds after SIGTERM. This wait, the extra time of the queues and the extra time of the log
    // are 29 seconds together, so what is left is logged before that.
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(25);

    // By default, draining takes at most two seconds and publishing two more. When the application sets longer timeouts, this limit leaves
    // at least eight seconds to the queues.
    private static readonly TimeSpan MaxWaitForExchanges = TimeSpan.FromSeconds(15);

    // Added to a wait, because FinishAsync may need a second after its maximum to end and log what is left. The thread that exits waits no
    // longer than that, even if no thread of the pool is free to complete the tasks.
    private static readonly TimeSpan ExtraTime = TimeSpan.FromSeconds(2);

    // Weak sets; the values are not used. Work that is under way keeps its object alive, and an idle object may be collected.
    private static readonly ConditionalWeakTable<IExitParticipant, object?> Exchanges = [];
    private static readonly ConditionalWeakTable<IExitParticipant, object?> Queues = [];

    static ProcessExit() => AppDomain.CurrentDomain.ProcessExit += static (_, _) => WaitForAll();

    /// <summary>Registers the background work of exchanges.</summary>
    public static void AddExchanges(IExitParticipant exchanges) => Exchanges.Add(exchanges, null);

    /// <summary>Registers a queue of records.</summary>
    public static void AddQueue(IExitParticipant queue) => Queues.Add(queue, null);

    private static void WaitForAll()
    {
        try
        {
            long start = Stopwatch.GetTimestamp();
            Finish(Exchanges, MaxWaitForExchanges);
            Finish(Queues, MaxWait - Stopwatch.GetElapsedTime(start));
            StandardErrorLogger.Flush(ExtraTime);
        }
#pragma warning disable CA1031 // FinishAsync does not fail. Any other exception here would change the exit code of the process.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }

    private static void Finish(ConditionalWeakTable<IExitParticipant, object?> registered, TimeSpan maxWait)
    {
        Task[] finishing = [.. registered.Select(entry => entry.Key.FinishAsync(maxWait))];
        Task.WaitAll(finishing, maxWait + ExtraTime);
    }
}
