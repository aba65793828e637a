namespace UsageCapture;

/// <summary>How far the counts of a <see cref="UsageRecord"/> can be trusted.</summary>
public enum UsageStatus
{
    /// <summary>The provider said nothing that could be read. <see cref="UsageRecord.Usage"/> is <see langword="null"/>.</summary>
    Missing,

    /// <summary>The provider reported counts, but the response ended before its final word.</summary>
    Partial,

    /// <summary>The provider's final counts were read.</summary>
    Exact,
}
