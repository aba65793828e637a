using UsageCapture.Benchmarks.Bodies;

namespace UsageCapture.Benchmarks.Comparison;

/// <summary>A row of the tables: a situation, a size of reads, and the times that all loads of the builds have yielded.</summary>
internal sealed record ComparedCase(Situation Situation, Reads Reads, ComparedTimes Times)
{
    /// <summary>Creates the rows for long bodies, whose times are per event or per KiB.</summary>
    public static IReadOnlyList<ComparedCase> CreateLong() =>
    [
        .. Situations.Create().SelectMany(
            situation => situation.SizesOfReads,
            (situation, reads) => new ComparedCase(situation, reads, new ComparedTimes(situation.Body.Units))),
    ];

    /// <summary>Creates the row for a short stream, whose times are per exchange.</summary>
    public static ComparedCase CreateShort() =>
        new(Situations.CreateChat(Situations.ShortStream), Reads.ByEvent, new ComparedTimes(units: 1));
}
