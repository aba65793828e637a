namespace UsageCapture.Requests;

/// <summary>The ranges that <see cref="InjectedEventFilter"/> removed from a response body.</summary>
/// <remarks>
/// The caller may read a buffered body several times, and every reading must lack the same bytes. The first reading adds the ranges. A
/// reading that begins when <see cref="IsComplete"/> is true removes the same ranges.
/// </remarks>
internal sealed class RemovedRanges
{
    private readonly List<(long Start, long End)> _ranges = [];

    /// <summary>Gets or sets whether the whole body has been filtered.</summary>
    public bool IsComplete { get; set; }

    /// <summary>Adds a range. Ranges are added in the order of the body and do not overlap.</summary>
    /// <param name="start">The offset of the first removed byte in the body.</param>
    /// <param name="end">The offset after the last removed byte.</param>
    public void Add(long start, long end) => _ranges.Add((start, end));

    /// <summary>Gets whether the byte at an offset was removed.</summary>
    /// <param name="offset">The offset in the body.</param>
    /// <param name="nextBoundary">The answer is the same for all offsets before this one.</param>
    public bool Contains(long offset, out long nextBoundary)
    {
        foreach ((long start, long end) in _ranges)
        {
            if (offset < end)
            {
                nextBoundary = offset < start ? start : end;
                return offset >= start;
            }
        }

        nextBoundary = long.MaxValue;
        return false;
    }
}
