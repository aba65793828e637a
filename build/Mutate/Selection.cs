namespace UsageCapture.Mutate;

/// <summary>Which mutants of a room are run.</summary>
internal abstract class Selection
{
    /// <summary>Gets the selection of all mutants.</summary>
    public static Selection All { get; } = new AllMutants();

    /// <summary>Gets the selection of the mutants that the last report of the room lists as not detected.</summary>
    public static Selection Undetected { get; } = new UndetectedMutants();

    /// <summary>Selects mutants in equal distances, so that each file has its share.</summary>
    /// <param name="count">The most mutants of a room.</param>
    public static Selection Sample(int count) => new EvenSample(count);

    /// <param name="mutants">The mutants of the room, in the order of the source.</param>
    /// <param name="report">The path of the room's last report. The file need not exist.</param>
    public abstract Mutant[] Choose(Mutant[] mutants, string report);

    private sealed class AllMutants : Selection
    {
        public override Mutant[] Choose(Mutant[] mutants, string report) => mutants;
    }

    private sealed class EvenSample(int count) : Selection
    {
        public override Mutant[] Choose(Mutant[] mutants, string report) => mutants.Length <= count
            ? mutants
            : [.. Enumerable.Range(0, count).Select(i => mutants[(int)((long)i * mutants.Length / count)])];
    }

    private sealed class UndetectedMutants : Selection
    {
        public override Mutant[] Choose(Mutant[] mutants, string report)
        {
            if (!File.Exists(report))
            {
                throw new InvalidOperationException($"There is no report {report} yet. Run the room without --undetected first.");
            }

            string[] lines = [.. File.ReadLines(report)];
            return [.. mutants.Where(mutant => lines.Any(line => line.StartsWith(mutant.ToString(), StringComparison.Ordinal)))];
        }
    }
}
