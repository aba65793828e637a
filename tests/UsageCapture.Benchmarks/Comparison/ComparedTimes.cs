using UsageCapture.Benchmarks.Contenders;
using UsageCapture.Benchmarks.Measuring;

namespace UsageCapture.Benchmarks.Comparison;

/// <summary>Collects the times of the builds in one situation, after the plain read of the same round is subtracted.</summary>
/// <param name="units">The number of events or KiB in one run; one for figures per run.</param>
internal sealed class ComparedTimes(double units)
{
    private readonly List<double> _thisBuild = [];
    private readonly List<double> _otherBuild = [];
    private readonly List<double> _thisBuildAgain = [];

    /// <summary>Gets the nanoseconds of this build per unit.</summary>
    public Spread ThisBuild => Spread.Of(_thisBuild);

    /// <summary>Gets the nanoseconds of the other build per unit.</summary>
    public Spread OtherBuild => Spread.Of(_otherBuild);

    /// <summary>Gets this build to the other one, round by round; below one when this build is faster.</summary>
    public Spread Ratio => ThisBuildTo(_otherBuild);

    /// <summary>Gets this build to its second copy, round by round; its distance from one is the error of the measurement.</summary>
    public Spread Noise => ThisBuildTo(_thisBuildAgain);

    /// <summary>Adds the rounds of one trial.</summary>
    /// <param name="trial">The trial.</param>
    /// <param name="samples">The nanoseconds of one run, a figure for each round, from <see cref="Rounds.MeasureAsync"/>.</param>
    public void Add(ComparedTrial trial, IReadOnlyDictionary<IContender, double[]> samples)
    {
        _thisBuild.AddRange(Net(trial.ThisBuild));
        _otherBuild.AddRange(Net(trial.OtherBuild));
        _thisBuildAgain.AddRange(Net(trial.ThisBuildAgain));

        IEnumerable<double> Net(IContender contender) =>
            samples[contender].Zip(samples[trial.PlainRead], (run, plain) => (run - plain) / units);
    }

    private Spread ThisBuildTo(List<double> others) => Spread.Of(_thisBuild.Zip(others, (ours, theirs) => ours / theirs));
}
