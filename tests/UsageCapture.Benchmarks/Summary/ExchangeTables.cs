using System.Globalization;
using UsageCapture.Benchmarks.Bodies;
using UsageCapture.Benchmarks.Contenders;
using UsageCapture.Benchmarks.Measuring;

namespace UsageCapture.Benchmarks.Summary;

/// <summary>Prints what an exchange costs apart from its events, and what it allocates as it grows.</summary>
internal static class ExchangeTables
{
    private const int ShortRepeats = 500;
    private const int FewEvents = 100;
    private const int ManyEvents = 100_000;

    public static async Task WriteShortAsync(Trial trial, TrialResult result, TextWriter writer)
    {
        var table = new TextTable(
            $"One whole exchange: a stream of {Situations.ShortStream} events, in all, and beyond the plain read",
            "", "ns", "net ns", "bytes", "net bytes");
        double plain = await Allocation.MeasureAsync(trial.PlainRead, ShortRepeats);
        foreach ((string name, IContender contender) in trial.Readers)
        {
            double bytes = await Allocation.MeasureAsync(contender, ShortRepeats);
            table.Add(
                name,
                result.PerExchange(contender).ToString(),
                result.NetPerExchange(contender).ToString(),
                Whole(bytes),
                Whole(bytes - plain));
        }

        table.Write(writer);
    }

    public static async Task WriteAllocationAsync(TextWriter writer)
    {
        var table = new TextTable(
            "Bytes allocated for a chat stream of so many events; the last column for each event beyond the first ones",
            "", Whole(FewEvents), Whole(ManyEvents), "per event");
        using var few = new Trial(Situations.CreateChat(FewEvents), Reads.ByEvent);
        using var many = new Trial(Situations.CreateChat(ManyEvents), Reads.ByEvent);
        foreach (((string name, IContender contender), (string _, IContender longer)) in few.Readers.Zip(many.Readers))
        {
            double first = await Allocation.MeasureAsync(contender);
            double all = await Allocation.MeasureAsync(longer);
            double perEvent = (all - first) / (ManyEvents - FewEvents);
            table.Add(name, Whole(first), Whole(all), perEvent.ToString("N2", CultureInfo.InvariantCulture));
        }

        table.Write(writer);
    }

    private static string Whole(double number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
