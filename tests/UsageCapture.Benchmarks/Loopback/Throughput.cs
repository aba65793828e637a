namespace UsageCapture.Benchmarks.Loopback;

/// <summary>What a number of requests took.</summary>
/// <param name="RequestsPerSecond">How many were answered in a second.</param>
/// <param name="FirstByte">The microseconds until the first byte, by the median.</param>
/// <param name="ProcessorTime">The microseconds of processor time that a request cost the callers' process.</param>
internal readonly record struct Throughput(double RequestsPerSecond, double FirstByte, double ProcessorTime);
