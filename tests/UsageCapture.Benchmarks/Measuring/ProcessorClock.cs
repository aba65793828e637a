using System.Diagnostics;

namespace UsageCapture.Benchmarks.Measuring;

/// <summary>Tells how much work this process has made the processors do, whatever else they were busy with.</summary>
/// <remarks>
/// On a machine that is shared, wall time says more about the others. Windows counts processor time in steps of many milliseconds,
/// so wall time it is there.
/// </remarks>
internal static class ProcessorClock
{
    public static string Unit => OperatingSystem.IsWindows() ? "wall time" : "processor time";

    public static double Nanoseconds =>
        OperatingSystem.IsWindows()
            ? Stopwatch.GetElapsedTime(0).TotalNanoseconds
            : Environment.CpuUsage.TotalTime.TotalNanoseconds;
}
