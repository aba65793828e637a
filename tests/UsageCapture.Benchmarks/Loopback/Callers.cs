using System.Diagnostics;
using UsageCapture.Benchmarks.Bodies;
using UsageCapture.Benchmarks.Measuring;

namespace UsageCapture.Benchmarks.Loopback;

/// <summary>Callers that stream one response after the other, all at the same time.</summary>
internal sealed class Callers(HttpClient client, Uri address, int concurrency)
{
    private const double NanosecondsPerMicrosecond = 1000;

    /// <summary>Has them make so many requests in all.</summary>
    public async Task<Throughput> RunAsync(int requests)
    {
        double[] firstBytes = new double[requests];
        int next = -1;
        double used = ProcessorClock.Nanoseconds;
        long start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, concurrency).Select(_ => Task.Run(CallAsync)));
        TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
        used = ProcessorClock.Nanoseconds - used;
        return new Throughput(
            requests / elapsed.TotalSeconds, firstBytes.Order().ElementAt(requests / 2), used / NanosecondsPerMicrosecond / requests);

        async Task CallAsync()
        {
            byte[] buffer = new byte[Reads.BufferLength];
            while (Interlocked.Increment(ref next) is int index && index < requests)
            {
                firstBytes[index] = (await StreamedCall.RunAsync(client, address, buffer)).FirstByte.TotalMicroseconds;
            }
        }
    }
}
