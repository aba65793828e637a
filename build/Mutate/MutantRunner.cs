using System.Globalization;

namespace UsageCapture.Mutate;

/// <summary>Runs the tests that reach a mutant until one fails.</summary>
/// <remarks>
/// Mutants share a process, which is safe as long as nothing of a mutant stays there. So a failed test is run again with the mutant off,
/// and a mutant gets a process of its own when a static constructor reaches it, or when no test has reached it this time, because
/// something from before was cached.
/// </remarks>
/// <param name="coverage">Which tests reach which mutants.</param>
/// <param name="mutants">All mutants of the assembly.</param>
/// <param name="worker">The process for the tests.</param>
/// <param name="budget">The most test time for one mutant. Tests beyond it are not run.</param>
internal sealed class MutantRunner(Coverage coverage, IReadOnlyList<Mutant> mutants, WorkerProcess worker, TimeSpan budget)
{
    // The first tests cost little and kill most mutants, so the batches grow: the test time of a batch in seconds.
    private static readonly double[] BatchSeconds = [0.1, 0.5, 2, 5];

    public async Task<Verdict> RunAsync(Mutant mutant)
    {
        bool isStatic = coverage.Static.Contains(mutant.Id);
        List<CoveredCase> cases = GetCases(mutant, isStatic ? GetNumbersOfFile(mutant) : [mutant.Id]);
        if (cases.Count == 0)
        {
            return new Verdict(Outcome.NotCovered, "");
        }

        if (!isStatic)
        {
            (Verdict verdict, bool wasReached) = await RunCasesAsync(mutant, cases, isAlone: false);
            if (verdict.Outcome != Outcome.Survived || wasReached)
            {
                return verdict;
            }

            cases = GetCases(mutant, GetNumbersOfFile(mutant));
        }

        if (!await worker.RestartAsync(mutant.Id))
        {
            return new Verdict(Outcome.Killed, "the process does not start");
        }

        (Verdict alone, _) = await RunCasesAsync(mutant, cases, isAlone: true);
        worker.Dispose();
        return alone;
    }

    private List<CoveredCase> GetCases(Mutant mutant, int[] numbers) =>
        coverage.GetCases(numbers, Path.GetFileNameWithoutExtension(mutant.File));

    private int[] GetNumbersOfFile(Mutant mutant) => [.. mutants.Where(other => other.File == mutant.File).Select(other => other.Id)];

    private async Task<(Verdict Verdict, bool WasReached)> RunCasesAsync(Mutant mutant, List<CoveredCase> cases, bool isAlone)
    {
        bool wasReached = false;
        int done = 0;
        double spent = 0;
        for (int batch = 0; done < cases.Count && (done == 0 || spent + cases[done].Seconds <= budget.TotalSeconds); batch++)
        {
            double limit = Math.Min(batch < BatchSeconds.Length ? BatchSeconds[batch] : 10, budget.TotalSeconds - spent);
            int end = done;
            double seconds = 0;
            do
            {
                seconds += cases[end++].Seconds;
            }
            while (end < cases.Count && seconds + cases[end].Seconds <= limit);

            string? answer = await AskAsync(mutant.Id, cases[done..end]);
            if (answer is null)
            {
                return (new Verdict(Outcome.TimedOut, cases[done].FullMethod), true);
            }

            if (answer.StartsWith("failed ", StringComparison.Ordinal))
            {
                CoveredCase failed = coverage.Cases.First(item => item.Id == answer[7..]);
                if (await PassesWithoutMutantAsync(failed, isAlone))
                {
                    return (new Verdict(Outcome.Killed, failed.FullMethod), true);
                }

                coverage.Cases.Remove(failed);
                cases.Remove(failed);
                continue; // Runs the same batch again, without the test that fails always.
            }

            wasReached |= answer == "passed 1";
            spent += seconds;
            done = end;
        }

        return (new Verdict(Outcome.Survived, $"{done} of {cases.Count} tests"), wasReached);
    }

    // The first try is in the same process. A new process follows, because the mutant may have left something in the first one.
    private async Task<bool> PassesWithoutMutantAsync(CoveredCase test, bool isAlone)
    {
        if (!isAlone && await AskAsync(MutantSwitch.None, [test]) == "passed 0")
        {
            return true;
        }

        worker.Dispose();
        return await AskAsync(MutantSwitch.None, [test]) == "passed 0";
    }

    private Task<string?> AskAsync(int mutant, List<CoveredCase> cases)
    {
        string names = string.Join(' ', cases.Select(item => $"{item.Class},{item.Id}"));
        return worker.AskAsync(
            string.Create(CultureInfo.InvariantCulture, $"run {mutant} {names}"),
            TimeSpan.FromSeconds(15 + (5 * cases.Sum(item => item.Seconds))));
    }
}
