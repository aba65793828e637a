namespace UsageCapture;

/// <summary>How much of a response some reported counts cover. It decides whether the record is <see cref="UsageStatus.Exact"/>.</summary>
/// <remarks>A <see cref="UsageReader"/> passes it to <c>UsageReport.RecordUsage</c>. Use <see cref="Running"/> when in doubt.</remarks>
public enum UsageStage
{
    /// <summary>The counts up to this point. The record is exact when the response is complete, and partial otherwise.</summary>
    Running,

    /// <summary>
    /// Counts that lack a part that every complete response has, or have a placeholder for it. An example is the start event of a
    /// stream, which has only the input. The record is partial, even when the response is complete.
    /// </summary>
    Incomplete,

    /// <summary>The provider's final counts: the model generates nothing after them. The record is exact, even when the caller stops reading.</summary>
    Final,
}
