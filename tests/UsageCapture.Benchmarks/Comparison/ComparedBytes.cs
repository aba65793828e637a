using UsageCapture.Benchmarks.Contenders;
using UsageCapture.Benchmarks.Measuring;

namespace UsageCapture.Benchmarks.Comparison;

/// <summary>The bytes that each build allocates in one exchange beyond the plain read.</summary>
internal sealed record ComparedBytes(double ThisBuild, double OtherBuild, double ThisBuildAgain)
{
    private const int Repeats = 500;

    public static async Task<ComparedBytes> MeasureAsync(ComparedCase measured, ComparedBuilds builds)
    {
        using var trial = new ComparedTrial(measured.Situation, measured.Reads, builds);
        double plain = await Allocation.MeasureAsync(trial.PlainRead, Repeats);
        return new ComparedBytes(await NetAsync(trial.ThisBuild), await NetAsync(trial.OtherBuild), await NetAsync(trial.ThisBuildAgain));

        async Task<double> NetAsync(IContender contender) => await Allocation.MeasureAsync(contender, Repeats) - plain;
    }
}
