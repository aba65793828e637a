using System.Runtime.CompilerServices;

namespace UsageCapture.Providers;

/// <summary>The counts that one usage object has, and the anomalies found while reading it.</summary>
/// <typeparam name="TCount">
/// An enum with underlying type <see cref="int"/> that numbers the counts from zero up, at most <see cref="MaxCounts"/> of them.
/// </typeparam>
/// <remarks>Created by a <see cref="CountReader{TCount}"/>. The default value has no counts.</remarks>
internal struct UsageCounts<TCount>
    where TCount : struct, Enum
{
    /// <summary>The most counts that a value can hold. OpenAI's usage object has the most, 20; the rest is room for new ones.</summary>
    public const int MaxCounts = 24;

    // Each item is the count plus one, or zero when the count is unknown. Counts are never negative. A long? would take 16 bytes, not 8.
    private PackedCounts _counts;

    /// <summary>Gets or sets the anomalies of the values, such as a count that is not a number.</summary>
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

    /// <summary>Gets these counts, with the unknown ones filled in from an earlier usage object of the same response.</summary>
    /// <param name="earlier">The counts of the earlier usage object.</param>
    /// <returns>The merged counts. Only the counts are merged: the anomalies are those of this value.</returns>
    public readonly UsageCounts<TCount> WithMissingFrom(in UsageCounts<TCount> earlier)
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
