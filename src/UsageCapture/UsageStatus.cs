namespace UsageCapture;

/// <summary>How far the counts of a <see cref="UsageRecord"/> can be trusted.</summary>
public enum UsageStatus
{
    /// <summary>No counts could be read. <see cref="UsageRecord.Usage"/> is <see langword="null"/>. The real usage is unknown, not zero.</summary>
    Missing,

    /// <summary>The provider reported counts, but the response ended before the final ones. The real usage may be higher.</summary>
    Partial,

    /// <summary>The provider's final counts were read.</summary>
    Exact,
}
