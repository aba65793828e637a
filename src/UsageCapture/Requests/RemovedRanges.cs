namespace UsageCapture.Requests;

/// <summary>The ranges that a filter removed from a body, so that a second copy of the same body lacks them too.</summary>
/// <remarks>The first filter of a body adds to it. Filters that begin after <see cref="IsComplete"/> read it.</remarks>
internal sealed class RemovedRanges
{
    private readonly List<(long Start, long End)> _ranges = [];

    /// <summary>Gets or sets whether the whole body has been filtered.</summary>
    public bool IsComplete { get; set; }

    /// <summary>Adds a range. Ranges are added in the order of the body.</summary>
    public void Add(long start, long end) => _ranges.Add((start, end));

    /// <summary>Gets whether the byte at an offset was removed.</summary>
    /// <param name="offset">The offset in the body.</param>
    /// <param name="nextChange">The next offset at which the answer may be another one.</param>
    public bool Contains(long offset, out long nextChange)
    {
        foreach ((long start, long end) in _ranges)
        {
            if (offset < end)
            {
                nextChange = offset < start ? start : end;
                return offset >= start;
            }
        }

        nextChange = long.MaxValue;
        return false;
    }
}
