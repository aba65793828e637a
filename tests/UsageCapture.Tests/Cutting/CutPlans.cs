namespace UsageCapture.Tests.Cutting;

/// <summary>The places at which the tests cut a body.</summary>
internal static class CutPlans
{
    /// <summary>Gets pieces of the lengths at which decoders tend to break: tiny ones, odd ones, and powers of two.</summary>
    public static IReadOnlyList<Cuts> PieceLengths { get; } = [.. new[] { 1, 2, 3, 7, 16, 100, 1024 }.Select(length => new Cuts(length))];

    /// <summary>Makes all piece lengths, random cuts, and every single cut of a body that is short enough.</summary>
    /// <param name="length">The length of the body.</param>
    /// <param name="maxLengthForEveryPlace">Up to which length of the body there is a cut at every place; zero for none.</param>
    /// <param name="randomCount">How many random cuts.</param>
    public static IEnumerable<Cuts> Of(int length, int maxLengthForEveryPlace, int randomCount = 40) =>
    [
        .. PieceLengths,
        .. Random(length, randomCount),
        .. length <= maxLengthForEveryPlace ? Between(1, length - 1) : [],
    ];

    /// <summary>Makes one cut at each place from the first to the last.</summary>
    public static IEnumerable<Cuts> Between(int first, int last)
    {
        for (int place = first; place <= last; place++)
        {
            yield return new Cuts(0, place);
        }
    }

    /// <summary>Makes one cut at each place near a place inside a body.</summary>
    public static IEnumerable<Cuts> Near(int place, int distance, int length) =>
        Between(Math.Max(1, place - distance), Math.Min(length - 1, place + distance));

    /// <summary>Makes random cuts, which are the same in every run.</summary>
    public static IEnumerable<Cuts> Random(int length, int count)
    {
        var random = new Random(length);
        return [.. Enumerable.Range(0, count).Select(_ => Cuts.Random(random, length))];
    }
}
