using UsageCapture.Benchmarks.Contenders;
using UsageCapture.Benchmarks.Measuring;

namespace UsageCapture.Benchmarks.Summary;

/// <summary>What the rounds of one trial say.</summary>
internal sealed class TrialResult(Trial trial, IReadOnlyDictionary<IContender, double[]> samples)
{
    private const string Absent = "-";

    public string Name => trial.Situation.Name;

    public string Reads => trial.Reads.Name;

    public double Units => trial.Situation.Body.Units;

    /// <summary>Says what a contender costs per event.</summary>
    public string Raw(IContender? contender) => contender is null ? Absent : Spread.Of(PerUnit(contender)).ToString();

    /// <summary>Says what a contender costs per event beyond the plain read.</summary>
    public string Net(IContender? contender) => contender is null ? Absent : Spread.Of(NetPerUnit(contender)).ToString();

    /// <summary>Says what a contender costs per exchange.</summary>
    public Spread PerExchange(IContender contender) => Spread.Of(samples[contender]);

    /// <summary>Says what a contender costs per exchange beyond the plain read.</summary>
    public Spread NetPerExchange(IContender contender) => Spread.OfDifferences(samples[contender], samples[trial.PlainRead]);

    /// <summary>Says how many times as much we cost as one of the limits.</summary>
    public string AgainstLimit(IContender? limit) =>
        limit is null ? Absent : Ratio(NetPerUnit(trial.Capture), limit == trial.Inflation ? NetPerUnit(limit) : PerUnit(limit));

    /// <summary>Says how many times as much a contender costs as we do.</summary>
    public string AgainstCapture(IContender? contender) =>
        contender is null ? Absent : Ratio(NetPerUnit(contender), NetPerUnit(trial.Capture));

    private static string Ratio(IEnumerable<double> costs, IEnumerable<double> others) =>
        Spread.Of(costs.Zip(others, (cost, other) => cost / other)).ToString();

    private IEnumerable<double> PerUnit(IContender contender) => samples[contender].Select(run => run / Units);

    private IEnumerable<double> NetPerUnit(IContender contender) =>
        samples[contender].Zip(samples[trial.PlainRead], (run, plain) => (run - plain) / Units);
}
