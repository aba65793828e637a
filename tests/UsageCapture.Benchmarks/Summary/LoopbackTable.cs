using System.Globalization;
using UsageCapture.Benchmarks.Loopback;
using UsageCapture.Benchmarks.Measuring;

namespace UsageCapture.Benchmarks.Summary;

/// <summary>Prints what callers of a real server notice.</summary>
internal static class LoopbackTable
{
    private static readonly int[] Concurrencies = [1, 32, 512];

    public static async Task WriteAsync(TextWriter writer)
    {
        await using LoopbackServer server = await LoopbackServer.StartAsync();
        using var clients = new LoopbackClients();
        var levels = new List<LoopbackRounds>();
        foreach (int concurrency in Concurrencies)
        {
            var rounds = new LoopbackRounds(clients, server.Address, concurrency);
            await rounds.MeasureAsync();
            levels.Add(rounds);
        }

        var table = new TextTable(
            $"A server process on this machine that streams {server.Body.EventEnds.Length} events, each flushed, to so many callers at a time; "
                + "the last column is the noise",
            "", "callers", "without", "with", "with/without", "hiding/without", "without/without");
        levels.ForEach(rounds => Add(table, "requests per second", rounds, throughput => throughput.RequestsPerSecond));
        levels.ForEach(rounds => Add(table, "µs to the first byte", rounds, throughput => throughput.FirstByte));
        levels.ForEach(rounds => Add(table, $"µs of {ProcessorClock.Unit} of the callers a request", rounds, throughput => throughput.ProcessorTime));
        table.Write(writer);
    }

    private static void Add(TextTable table, string name, LoopbackRounds rounds, Func<Throughput, double> figure)
    {
        LoopbackResult result = rounds.Result(figure);
        table.Add(
            name,
            rounds.Concurrency.ToString(CultureInfo.InvariantCulture),
            result.Without.ToString(decimals: 0),
            result.With.ToString(decimals: 0),
            result.Ratio.ToString(decimals: 2),
            result.HidingRatio.ToString(decimals: 2),
            result.Noise.ToString(decimals: 2));
    }
}
