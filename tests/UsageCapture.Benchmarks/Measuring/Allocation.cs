using UsageCapture.Benchmarks.Contenders;

namespace UsageCapture.Benchmarks.Measuring;

/// <summary>Counts the bytes that a contender's run allocates.</summary>
internal static class Allocation
{
    private const int Attempts = 5;

    /// <summary>Measures one run.</summary>
    /// <returns>The least of several attempts: what other threads allocate meanwhile can only add.</returns>
    public static async Task<double> MeasureAsync(IContender contender, int repeats = 1)
    {
        double least = double.MaxValue;
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            for (int i = 0; i < repeats; i++)
            {
                await contender.RunAsync();
            }

            least = Math.Min(least, (GC.GetTotalAllocatedBytes(precise: true) - before) / (double)repeats);
        }

        return least;
    }
}
