using UsageCapture.Benchmarks.Measuring;

namespace UsageCapture.Benchmarks.Comparison;

/// <summary>Measures this build of the core beside another one, in the same process and the same rounds, and prints tables.</summary>
internal static class ComparisonRun
{
    // Each load compiles the builds anew. The compiler's choices depend on chance and change the times by up to a tenth, and five loads
    // are enough for a median of them.
    private const int Loads = 5;

    private static readonly TimeSpan WarmUp = TimeSpan.FromMilliseconds(150);

    /// <summary>Runs the comparison.</summary>
    /// <param name="folder">The folder that holds the other build's <c>UsageCapture.dll</c>, made with <c>-c Release</c>.</param>
    /// <param name="writer">Receives the tables.</param>
    public static async Task RunAsync(string folder, TextWriter writer)
    {
        await writer.WriteLineAsync(Machine.Description);
        await writer.WriteLineAsync($"This build beside the one in {Path.GetFullPath(folder)}.");
        await writer.WriteLineAsync(
            $"Medians of {Rounds.Count} interleaved rounds in each of {Loads} loads, ± half the distance between the quartiles. "
            + $"Times are {ProcessorClock.Unit} beyond the plain read.");
        await writer.WriteLineAsync(
            "A ratio below 1 means that this build costs less. "
            + "The last column compares two copies of this build: its distance from 1 is the error of the measurement.");

        IReadOnlyList<ComparedCase> longCases = ComparedCase.CreateLong();
        ComparedCase shortCase = ComparedCase.CreateShort();
        ComparedBytes? bytes = null;
        for (int load = 0; load < Loads; load++)
        {
            var builds = ComparedBuilds.Load(folder);
            await MeasureAsync([.. longCases, shortCase], builds);
            bytes ??= await ComparedBytes.MeasureAsync(shortCase, builds);
        }

        ComparisonTables.WriteEvents(longCases, writer);
        ComparisonTables.WriteExchange(shortCase.Times, bytes!, writer);
    }

    private static async Task MeasureAsync(IReadOnlyList<ComparedCase> cases, ComparedBuilds builds)
    {
        ComparedTrial[] trials = [.. cases.Select(one => new ComparedTrial(one.Situation, one.Reads, builds))];
        await PrepareAsync(trials);
        foreach ((ComparedCase one, ComparedTrial trial) in cases.Zip(trials))
        {
            await Rounds.WarmUpAsync(trial.Contenders, WarmUp);
            one.Times.Add(trial, await Rounds.MeasureAsync(trial.Contenders));
        }

        Array.ForEach(trials, trial => trial.Dispose());
    }

    /// <summary>Checks that both builds find the right usage, and has all code compiled before the first figure is taken.</summary>
    private static async Task PrepareAsync(IReadOnlyList<ComparedTrial> trials)
    {
        foreach (ComparedTrial trial in trials)
        {
            await trial.VerifyAsync();
            await Rounds.WarmUpAsync(trial.Contenders, WarmUp);
        }

        // The compiler for hot code works in the background once nothing new has come for 100 ms.
        await Task.Delay(WarmUp * 2);
    }
}
