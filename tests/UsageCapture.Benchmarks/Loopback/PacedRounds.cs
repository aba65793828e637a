using UsageCapture.Benchmarks.Bodies;
using UsageCapture.Benchmarks.Measuring;

namespace UsageCapture.Benchmarks.Loopback;

/// <summary>Compares the same callers as <see cref="LoopbackRounds"/> where the server streams no faster than a model does.</summary>
/// <remarks>
/// Requests come at even intervals and take turns among the clients, so that all of them meet the same machine at the same time. It has
/// time to spare, as the machines of applications do: what is measured is the delay, and not whose work waits for whose.
/// </remarks>
internal sealed class PacedRounds(LoopbackClients clients, Uri address)
{
    private const int Count = 12;
    private const int RequestsPerRound = 480;

    // What the first requests meet, code that is not compiled yet and connections that are not open, is not counted.
    private const int WarmUpRounds = 2;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(2);

    private readonly HttpClient[] _arms = [clients.Without, clients.With, clients.Hiding, clients.Without];
    private readonly StreamedCall[] _calls = new StreamedCall[(WarmUpRounds + Count) * RequestsPerRound];

    /// <summary>Gets about how many streams there are at a time.</summary>
    public static int Concurrency => (int)(LoopbackServer.PacedDuration / Interval);

    public async Task MeasureAsync()
    {
        using var timer = new PeriodicTimer(Interval);
        var running = new List<Task>();
        for (int i = 0; i < _calls.Length; i++)
        {
            await timer.WaitForNextTickAsync();
            int index = i;
            running.Add(Task.Run(async () =>
                _calls[index] = await StreamedCall.RunAsync(_arms[Arm(index)], address, new byte[Reads.BufferLength])));
        }

        await Task.WhenAll(running);
        clients.Sink.Clear();
    }

    public LoopbackResult Result(Func<StreamedCall, double> figure)
    {
        double[][] rounds = [.. Enumerable.Range(0, _arms.Length).Select(arm => Medians(arm, figure))];
        return LoopbackResult.Of(rounds[0], rounds[1], rounds[2], rounds[3]);
    }

    // Whose turn comes first changes from one turn to the next.
    private int Arm(int index) => (index + (index / _arms.Length)) % _arms.Length;

    private double[] Medians(int arm, Func<StreamedCall, double> figure) =>
    [
        .. Enumerable.Range(0, _calls.Length)
            .Where(index => Arm(index) == arm)
            .GroupBy(index => index / RequestsPerRound, index => figure(_calls[index]))
            .Skip(WarmUpRounds)
            .Select(round => Spread.Of(round).Median),
    ];
}
