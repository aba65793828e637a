using System.Diagnostics;
using UsageCapture.Benchmarks.Contenders;

namespace UsageCapture.Benchmarks.Measuring;

/// <summary>Times contenders in rounds in which each has its turn, so that whatever disturbs the machine disturbs all of them.</summary>
internal static class Rounds
{
    public const int Count = 31;

    // A thousand times what the clock can tell apart.
    private static readonly TimeSpan Sample = TimeSpan.FromMilliseconds(3);

    // As often as the runtime waits before it compiles a method for good.
    private const int WarmUpRounds = 30;

    private static long _witness;

    /// <summary>Runs contenders in turn for a while, so that the code of all of them is compiled for good.</summary>
    public static async Task WarmUpAsync(IReadOnlyList<IContender> contenders, TimeSpan time)
    {
        long start = Stopwatch.GetTimestamp();
        for (int round = 0; round < WarmUpRounds || Stopwatch.GetElapsedTime(start) < time; round++)
        {
            foreach (IContender contender in contenders)
            {
                _witness += await contender.RunAsync();
            }
        }
    }

    /// <summary>Times contenders.</summary>
    /// <returns>For each contender the nanoseconds of one run, a figure for each round.</returns>
    public static async Task<IReadOnlyDictionary<IContender, double[]>> MeasureAsync(IReadOnlyList<IContender> contenders)
    {
        var samples = new Dictionary<IContender, double[]>();
        var repeats = new Dictionary<IContender, int>();
        foreach (IContender contender in contenders)
        {
            samples[contender] = new double[Count];
            repeats[contender] = await CalibrateAsync(contender);
        }

        for (int round = 0; round < Count; round++)
        {
            for (int turn = 0; turn < contenders.Count; turn++)
            {
                // Each round begins with the next contender, and every second round goes backwards. So the state of the caches and of the
                // heap that one contender leaves behind affects all the others.
                int offset = round % 2 == 0 ? turn : contenders.Count - turn;
                IContender contender = contenders[(round + offset) % contenders.Count];
                samples[contender][round] = await TimeAsync(contender, repeats[contender]);
            }
        }

        return samples;
    }

    /// <summary>Finds out how many runs make a sample.</summary>
    private static async Task<int> CalibrateAsync(IContender contender)
    {
        int repeats = 1;
        while (await TimeAsync(contender, repeats) * repeats < Sample.TotalNanoseconds / 2)
        {
            repeats *= 2;
        }

        return repeats;
    }

    private static async Task<double> TimeAsync(IContender contender, int repeats)
    {
        double start = ProcessorClock.Nanoseconds;
        for (int i = 0; i < repeats; i++)
        {
            _witness += await contender.RunAsync();
        }

        return (ProcessorClock.Nanoseconds - start) / repeats;
    }
}
