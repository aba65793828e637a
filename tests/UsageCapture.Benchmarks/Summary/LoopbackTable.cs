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

        TextTable table = CreateTable(
            $"A server process on this machine that streams {server.Body.EventEnds.Length} events, each flushed, to so many callers at a time, "
            + "as fast as the machine goes; the last column is the noise");
        levels.ForEach(rounds => Add("requests per second", rounds, throughput => throughput.RequestsPerSecond));
        levels.ForEach(rounds => Add("µs to the first byte", rounds, throughput => throughput.FirstByte));
        levels.ForEach(rounds => Add($"µs of {ProcessorClock.Unit} of the callers a request", rounds, throughput => throughput.ProcessorTime));
        table.Write(writer);

        var paced = new PacedRounds(clients, server.PacedAddress);
        await paced.MeasureAsync();
        table = CreateTable("The same at the pace of a fast model: 200 ms to the first token, then 50 events a second");
        AddResult(table, "µs to the first byte", PacedRounds.Concurrency, paced.Result(call => call.FirstByte.TotalMicroseconds));
        AddResult(table, "ms to the end", PacedRounds.Concurrency, paced.Result(call => call.Whole.TotalMilliseconds));
        table.Write(writer);

        void Add(string name, LoopbackRounds rounds, Func<Throughput, double> figure) =>
            AddResult(table, name, rounds.Concurrency, rounds.Result(figure));
    }

    private static TextTable CreateTable(string title) =>
        new(title, "", "callers", "without", "with", "with/without", "hiding/without", "without/without");

    private static void AddResult(TextTable table, string name, int callers, LoopbackResult result) =>
        table.Add(
            name,
            callers.ToString(CultureInfo.InvariantCulture),
            result.Without.ToString(decimals: 0),
            result.With.ToString(decimals: 0),
            result.Ratio.ToString(decimals: 2),
            result.HidingRatio.ToString(decimals: 2),
            result.Noise.ToString(decimals: 2));
}
