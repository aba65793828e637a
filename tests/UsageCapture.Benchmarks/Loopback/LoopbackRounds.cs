using System.Diagnostics;

namespace UsageCapture.Benchmarks.Loopback;

/// <summary>Compares callers with usage capture, hiding or not, to callers without, and those without to themselves.</summary>
internal sealed class LoopbackRounds(LoopbackClients clients, Uri address, int concurrency)
{
    public const int Count = 15;

    private static readonly TimeSpan Sample = TimeSpan.FromMilliseconds(200);

    // The runtime compiles what runs often a second and a third time, in the background; until it is done with the arm that has more
    // code, the arms are not alike.
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(4);

    private readonly Callers[] _arms =
    [
        new(clients.Without, address, concurrency), new(clients.With, address, concurrency), new(clients.Hiding, address, concurrency),
        new(clients.Without, address, concurrency),
    ];

    private readonly Throughput[][] _samples = [new Throughput[Count], new Throughput[Count], new Throughput[Count], new Throughput[Count]];

    public int Concurrency => concurrency;

    public async Task MeasureAsync()
    {
        int requests = await WarmUpAsync();
        for (int round = 0; round < Count; round++)
        {
            for (int turn = 0; turn < _arms.Length; turn++)
            {
                int arm = (round + turn) % _arms.Length;
                _samples[arm][round] = await _arms[arm].RunAsync(requests);
                clients.Sink.Clear();
            }
        }
    }

    public LoopbackResult Result(Func<Throughput, double> figure)
    {
        double[][] rounds = [.. _samples.Select(samples => samples.Select(figure).ToArray())];
        return LoopbackResult.Of(rounds[0], rounds[1], rounds[2], rounds[3]);
    }

    /// <summary>Opens the connections, lets the code be compiled, and finds out how many requests make a sample.</summary>
    private async Task<int> WarmUpAsync()
    {
        int requests = concurrency * 2;
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < WarmUp)
        {
            foreach (Callers callers in _arms)
            {
                double perSecond = (await callers.RunAsync(requests)).RequestsPerSecond;
                requests = Math.Max(concurrency * 2, (int)(perSecond * Sample.TotalSeconds));
            }
        }

        return requests;
    }
}
