using System.Runtime.CompilerServices;

namespace UsageCapture.Exchanges;

/// <summary>Lets the process exit only after the records of responses that callers have left are published.</summary>
/// <remarks>
/// Without a container, a program often ends without disposing its clients. <see cref="AppDomain.ProcessExit"/> is raised when
/// <c>Main</c> returns, at <see cref="Environment.Exit"/>, and at SIGTERM. It is not raised when the process crashes or is killed.
/// </remarks>
internal static class ProcessExit
{
    // Drains take two seconds by default, and sinks two more. Where the options allow longer times, this is the time that .NET's host
    // gives its services to shut down.
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(30);

    // Aborting what is left after the longest wait takes at most a second. The limit also holds when the thread pool is blocked.
    private static readonly TimeSpan TimeForAbort = TimeSpan.FromSeconds(2);

    // Work that is under way keeps its instance alive. Idle ones may be collected.
    private static readonly ConditionalWeakTable<BackgroundCompletions, object> Registered = [];

    static ProcessExit() => AppDomain.CurrentDomain.ProcessExit += static (_, _) => WaitForAll();

    /// <summary>Registers an instance, so that the exit of the process disposes it.</summary>
    public static void Register(BackgroundCompletions completions) => Registered.Add(completions, completions);

    private static void WaitForAll()
    {
        try
        {
            Task[] disposals = [.. Registered.Select(entry => entry.Key.DisposeAsync(MaxWait).AsTask())];
            Task.WaitAll(disposals, MaxWait + TimeForAbort);
        }
#pragma warning disable CA1031 // The process exits. An exception here would change its exit code.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }
}
