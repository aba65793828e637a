using UsageCapture.Benchmarks.Measuring;

namespace UsageCapture.Benchmarks.Loopback;

/// <summary>One figure with and without usage capture, and with the usage hidden from the caller.</summary>
/// <param name="Without">The figure without.</param>
/// <param name="With">The figure with it.</param>
/// <param name="Ratio">With to without, round by round.</param>
/// <param name="HidingRatio">With hiding to without capture, round by round.</param>
/// <param name="Noise">The same ratio of a second group of runs without it: what the machine can tell apart.</param>
internal sealed record LoopbackResult(Spread Without, Spread With, Spread Ratio, Spread HidingRatio, Spread Noise)
{
    /// <summary>Compares the figures of the same rounds.</summary>
    public static LoopbackResult Of(double[] without, double[] with, double[] hiding, double[] withoutAgain)
    {
        return new LoopbackResult(Spread.Of(without), Spread.Of(with), Ratio(with), Ratio(hiding), Ratio(withoutAgain));

        Spread Ratio(double[] figures) => Spread.Of(figures.Zip(without, (figure, other) => figure / other));
    }
}
