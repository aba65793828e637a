using System.Globalization;
using UsageCapture.Benchmarks.Contenders;
using UsageCapture.Benchmarks.Measuring;

namespace UsageCapture.Benchmarks.Summary;

/// <summary>Prints what the handler costs a request that does not go to a language model.</summary>
internal static class OrdinaryPostTable
{
    private const int Repeats = 500;
    private static readonly TimeSpan WarmUp = TimeSpan.FromMilliseconds(150);

    /// <summary>Measures and prints.</summary>
    /// <exception cref="InvalidOperationException">A request left a record.</exception>
    public static async Task WriteAsync(TextWriter writer)
    {
        var table = new TextTable(
            "A small JSON POST to an ordinary API, without the handler, and what the handler adds", "", "ns", "net ns", "bytes", "net bytes");
        await AddAsync(table, "a path of its own", OrdinaryPost.OwnPath);
        await AddAsync(table, "the path of a model's API", OrdinaryPost.SharedPath);
        table.Write(writer);
    }

    private static async Task AddAsync(TextTable table, string name, Uri address)
    {
        using var plain = new OrdinaryPost(address, isCaptured: false);
        using var captured = new OrdinaryPost(address, isCaptured: true);
        await Rounds.WarmUpAsync([plain, captured], WarmUp);
        await Task.Delay(WarmUp); // The compiler for hot code works in the background.
        await Rounds.WarmUpAsync([plain, captured], WarmUp);
        IReadOnlyDictionary<IContender, double[]> samples = await Rounds.MeasureAsync([plain, captured]);
        double plainBytes = await Allocation.MeasureAsync(plain, Repeats);
        double capturedBytes = await Allocation.MeasureAsync(captured, Repeats);
        if (captured.Records != 0)
        {
            throw new InvalidOperationException($"A POST to {address} left {captured.Records} records. An ordinary request must leave none.");
        }

        table.Add(
            name,
            Spread.Of(samples[plain]).ToString(),
            Spread.OfDifferences(samples[captured], samples[plain]).ToString(),
            Whole(plainBytes),
            Whole(capturedBytes - plainBytes));
    }

    private static string Whole(double number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
