using UsageCapture.Benchmarks.Bodies;
using UsageCapture.Benchmarks.Contenders;

namespace UsageCapture.Benchmarks;

/// <summary>Makes sure that those who are compared do the same work.</summary>
internal static class Verification
{
    /// <summary>Runs every contender of a trial once.</summary>
    /// <returns>What is wrong; nothing when all found the right usage.</returns>
    public static async Task<IReadOnlyList<string>> CheckAsync(Trial trial)
    {
        var problems = new List<string>();
        string place = $"{trial.Situation.Name}, reads of {trial.Reads.Name}";
        foreach ((string name, IContender contender) in trial.All)
        {
            long result = await contender.RunAsync();
            if (contender == trial.PlainRead || contender == trial.Capture)
            {
                int expected = trial.Situation.Body.Bytes.Length;
                if (result != expected)
                {
                    problems.Add($"{place}: {name} read {result} bytes of {expected}.");
                }
            }
            else if (result == 0)
            {
                problems.Add($"{place}: {name} saw nothing.");
            }
        }

        Tokens right = trial.Situation.Body.Expected;
        foreach ((string name, IContender contender) in trial.Finders)
        {
            if (contender.Found != right)
            {
                problems.Add($"{place}: {name} found {contender.Found?.ToString() ?? "nothing"} instead of {right}.");
            }
        }

        return problems;
    }
}
