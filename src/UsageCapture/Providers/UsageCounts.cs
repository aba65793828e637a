using System.Runtime.CompilerServices;

namespace UsageCapture.Providers;

/// <summary>The counts that one usage object has, and what was odd about them.</summary>
/// <typeparam name="TCount">An enum of <see cref="int"/> that numbers the counts from zero up, at most <see cref="MaxCounts"/> of them.</typeparam>
/// <remarks>A <see cref="CountReader{TCount}"/> makes it. The default value has no counts.</remarks>
internal struct UsageCounts<TCount>
    where TCount : struct, Enum
{
    /// <summary>The most counts. OpenAI's usage object, which has the most, has 17.</summary>
    public const int MaxCounts = 24;

    // One more than the count, and zero where there is none. So a count takes 8 bytes instead of 16.
    private PackedCounts _counts;

    /// <summary>Gets or sets what was odd about the values.</summary>
    public UsageAnomalies Anomalies { get; set; }

    /// <summary>Gets or sets whether the value was a JSON object that could be read, with or without counts in it.</summary>
    public bool IsObject { get; set; }

    /// <summary>Gets or sets a count; null when it was not reported.</summary>
    /// <param name="count">Which count.</param>
    public long? this[TCount count]
    {
        readonly get => _counts[Unsafe.BitCast<TCount, int>(count)] is > 0 and var packed ? (long)(packed - 1) : null;
        set => _counts[Unsafe.BitCast<TCount, int>(count)] = value is { } known ? (ulong)known + 1 : 0;
    }

    /// <summary>Updates an earlier report of the same response with this one.</summary>
    /// <param name="earlier">The earlier report.</param>
    /// <returns>These counts, and the earlier ones where this report has none. The anomalies are those of this report.</returns>
    public readonly UsageCounts<TCount> Over(in UsageCounts<TCount> earlier)
    {
        UsageCounts<TCount> merged = this;
        for (int i = 0; i < MaxCounts; i++)
        {
            if (merged._counts[i] == 0)
            {
                merged._counts[i] = earlier._counts[i];
            }
        }

        return merged;
    }

    [InlineArray(MaxCounts)]
    private struct PackedCounts
    {
        private ulong _first;
    }
}
