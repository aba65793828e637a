using UsageCapture.Benchmarks.Bodies;
using UsageCapture.Benchmarks.Contenders;
using UsageCapture.Benchmarks.Loopback;
using UsageCapture.Benchmarks.Measuring;

namespace UsageCapture.Benchmarks.Summary;

/// <summary>Measures everything briefly and prints it as tables.</summary>
internal static class SummaryRun
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromMilliseconds(150);

    public static async Task RunAsync(TextWriter writer)
    {
        await writer.WriteLineAsync(Machine.Description);
        await writer.WriteLineAsync(
            $"Medians of {Rounds.Count} interleaved rounds ({LoopbackRounds.Count} for the server), ± half the distance between the quartiles. "
            + $"Times are {ProcessorClock.Unit} where nothing else is said.");

        Trial[] trials = [.. Situations.Create().SelectMany(situation => situation.SizesOfReads, (situation, reads) => new Trial(situation, reads))];
        using var shortTrial = new Trial(Situations.CreateChat(Situations.ShortStream), Reads.ByEvent);
        await PrepareAsync([.. trials, shortTrial]);

        var results = new List<(Trial Trial, TrialResult Result)>();
        foreach (Trial trial in trials)
        {
            results.Add((trial, await MeasureAsync(trial)));
        }

        DecodingTables.WriteTimes(results, writer);
        DecodingTables.WriteRatios(results, writer);
        await ExchangeTables.WriteShortAsync(shortTrial, await MeasureAsync(shortTrial), writer);
        await ExchangeTables.WriteAllocationAsync(writer);
        await OrdinaryPostTable.WriteAsync(writer);
        Array.ForEach(trials, trial => trial.Dispose());
        await LoopbackTable.WriteAsync(writer);
    }

    /// <summary>Makes sure that everybody finds the right usage, and that all code is compiled before the first figure is taken.</summary>
    private static async Task PrepareAsync(IReadOnlyList<Trial> trials)
    {
        foreach (Trial trial in trials)
        {
            if (await Verification.CheckAsync(trial) is [{ } problem, ..])
            {
                throw new InvalidOperationException(problem);
            }

            await Rounds.WarmUpAsync(Contenders(trial), WarmUp);
        }

        // The compiler for hot code works in the background once nothing new has come for 100 ms.
        await Task.Delay(WarmUp * 2);
    }

    private static async Task<TrialResult> MeasureAsync(Trial trial)
    {
        await Rounds.WarmUpAsync(Contenders(trial), WarmUp);
        return new TrialResult(trial, await Rounds.MeasureAsync(Contenders(trial)));
    }

    private static IContender[] Contenders(Trial trial) => [.. trial.All.Select(one => one.Contender)];
}
