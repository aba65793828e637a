using System.Globalization;

namespace UsageCapture.Benchmarks.Measuring;

/// <summary>What repeated measurements say: their median, and half of the distance between their quartiles.</summary>
internal readonly record struct Spread(double Median, double HalfRange)
{
    public static Spread Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return new Spread(Quantile(sorted, 0.5), (Quantile(sorted, 0.75) - Quantile(sorted, 0.25)) / 2);
    }

    /// <summary>Takes the differences of measurements made in the same rounds.</summary>
    public static Spread OfDifferences(IEnumerable<double> values, IEnumerable<double> subtracted) =>
        Of(values.Zip(subtracted, (value, other) => value - other));

    public override string ToString() => ToString(decimals: Math.Abs(Median) switch
    {
        < 10 => 2,
        < 100 => 1,
        _ => 0,
    });

    public string ToString(int decimals)
    {
        string format = $"N{decimals}";
        return $"{Median.ToString(format, CultureInfo.InvariantCulture)} ±{HalfRange.ToString(format, CultureInfo.InvariantCulture)}";
    }

    private static double Quantile(double[] sorted, double part)
    {
        double position = part * (sorted.Length - 1);
        int index = (int)position;
        double next = sorted[Math.Min(index + 1, sorted.Length - 1)];
        return sorted[index] + ((next - sorted[index]) * (position - index));
    }
}
