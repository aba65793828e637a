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
    // Container platforms kill a process 30 seconds after SIGTERM. This, the grace period for the queues, and the same for the messages are 29.
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(25);

    // By default, reading takes at most two seconds and publishing two more. When the application sets longer timeouts, the exchanges must
    // still leave time to the queues: 8 seconds, after the grace period.
    private static readonly TimeSpan MaxWaitForExchanges = TimeSpan.FromSeconds(15);

    // Added to a wait, because participants need a moment after it to cancel and log what is left. It also ends the wait when the thread
    // pool is blocked, so that no participant can complete.
    private static readonly TimeSpan GracePeriod = TimeSpan.FromSeconds(2);

    // Weak sets; the values are not used. A participant with work under way is kept alive by it, and an idle one may be collected.
    private static readonly ConditionalWeakTable<IExitParticipant, object?> Exchanges = [];
    private static readonly ConditionalWeakTable<IExitParticipant, object?> Queues = [];

    static ProcessExit() => AppDomain.CurrentDomain.ProcessExit += static (_, _) => WaitForAll();

    /// <summary>Registers the background work of exchanges.</summary>
    public static void AddExchanges(IExitParticipant exchanges) => Exchanges.Add(exchanges, null);

    /// <summary>Registers a queue of records.</summary>
    public static void AddQueue(IExitParticipant queue) => Queues.Add(queue, null);

    /// <summary>Waits for the exchanges and then for the queues. A participant that fails does not affect the others.</summary>
    /// <param name="exchanges">The background work of exchanges.</param>
    /// <param name="queues">The queues of records.</param>
    /// <param name="timeProvider">The clock that tells how much of the time the exchanges have used; null for the system's clock.</param>
    internal static void FinishAll(
        IEnumerable<IExitParticipant> exchanges, IEnumerable<IExitParticipant> queues, TimeProvider? timeProvider = null)
    {
        timeProvider ??= TimeProvider.System;
        long start = timeProvider.GetTimestamp();
        FinishWithin(exchanges, MaxWaitForExchanges);
        FinishWithin(queues, MaxWait - timeProvider.GetElapsedTime(start));
    }

    private static void WaitForAll()
    {
        try
        {
            FinishAll(Exchanges.Select(entry => entry.Key), Queues.Select(entry => entry.Key));
            StandardErrorLogger.Flush(GracePeriod);
        }
#pragma warning disable CA1031 // The process exits. An exception here would change its exit code.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }

    private static void FinishWithin(IEnumerable<IExitParticipant> participants, TimeSpan maxWait)
    {
        Task[] finishing = [.. participants.Select(participant => FinishAsync(participant, maxWait))];
        Task.WaitAll(finishing, maxWait + GracePeriod);
    }

    private static async Task FinishAsync(IExitParticipant participant, TimeSpan maxWait)
    {
        try
        {
            await participant.FinishAsync(maxWait).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The other participants must still finish.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Log.FinishingFailed(StandardErrorLogger.Instance, exception, participant.GetType().Name);
        }
    }
}
