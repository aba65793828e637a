using System.Globalization;
using System.Text;

namespace UsageCapture.Mutate;

/// <summary>The results of one room.</summary>
internal sealed class Report(string room, IReadOnlyCollection<Mutant> mutants)
{
    private readonly Dictionary<Mutant, Verdict> _verdicts = [];

    /// <summary>Gets the results in one line. The score is the share of the mutants that were killed or timed out.</summary>
    public string Summary
    {
        get
        {
            int detected = Count(Outcome.Killed) + Count(Outcome.TimedOut);
            string score = string.Create(CultureInfo.InvariantCulture, $", score {100.0 * detected / Math.Max(1, _verdicts.Count):0.0} %");
            return $"{room}: {_verdicts.Count} of {mutants.Count} mutants, {Count(Outcome.Killed)} killed, {Count(Outcome.TimedOut)} timed out, "
                + $"{Count(Outcome.Survived)} survived, {Count(Outcome.NotCovered)} not covered{score}";
        }
    }

    public void Add(Mutant mutant, Verdict verdict) => _verdicts.Add(mutant, verdict);

    public void Save(string path)
    {
        var text = new StringBuilder().AppendLine(Summary);
        foreach (Outcome outcome in new[] { Outcome.Survived, Outcome.NotCovered, Outcome.TimedOut })
        {
            text.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"{outcome}:");
            foreach ((Mutant mutant, Verdict verdict) in _verdicts.Where(entry => entry.Value.Outcome == outcome))
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"{mutant}{(verdict.Detail.Length > 0 ? $"  ({verdict.Detail})" : "")}");
            }
        }

        File.WriteAllText(path, text.ToString());
    }

    private int Count(Outcome outcome) => _verdicts.Values.Count(verdict => verdict.Outcome == outcome);
}
