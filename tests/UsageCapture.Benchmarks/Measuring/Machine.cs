using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace UsageCapture.Benchmarks.Measuring;

/// <summary>Says what the figures were measured on.</summary>
internal static class Machine
{
    private const string ProcessorInfo = "/proc/cpuinfo";

    public static string Description =>
        $"{Processor}, {Environment.ProcessorCount} logical cores, {RuntimeInformation.ProcessArchitecture}, "
        + $"vectors of {(Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128)} bits; "
        + $"{RuntimeInformation.FrameworkDescription} on {RuntimeInformation.OSDescription}";

    private static string Processor
    {
        get
        {
            string? line = File.Exists(ProcessorInfo)
                ? File.ReadLines(ProcessorInfo).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))
                : Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER");
            return line?[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim() ?? "unknown processor";
        }
    }
}
