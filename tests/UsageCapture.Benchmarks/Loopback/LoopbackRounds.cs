using System.Diagnostics;
using UsageCapture.Benchmarks.Measuring;

namespace UsageCapture.Benchmarks.Loopback;

/// <summary>Compares callers with usage capture, hiding or not, to callers without, and those without to themselves.</summary>
internal sealed class LoopbackRounds(LoopbackClients clients, Uri address, int concurrency)
{
    public const int Count = 15;

    private const int Without = 0;
    private const int With = 1;
    private const int Hiding = 2;
    private const int WithoutAgain = 3;

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

    public LoopbackResult Result(Func<Throughput, double> figure) => new(
        Spread.Of(_samples[Without].Select(figure)),
        Spread.Of(_samples[With].Select(figure)),
        Ratio(With, figure),
        Ratio(Hiding, figure),
        Ratio(WithoutAgain, figure));

    private Spread Ratio(int arm, Func<Throughput, double> figure) =>
        Spread.Of(_samples[arm].Zip(_samples[Without], (sample, without) => figure(sample) / figure(without)));

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
