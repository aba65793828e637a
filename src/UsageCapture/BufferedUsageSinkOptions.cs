namespace UsageCapture;

/// <summary>How records wait for a sink that takes them in batches.</summary>
public sealed class BufferedUsageSinkOptions
{
    /// <summary>Gets or sets how many records may wait.</summary>
    /// <value>The default is 10,000; at least 1.</value>
    /// <remarks>
    /// When so many wait, the end of a response waits for room, up to <see cref="UsageCaptureOptions.PublishTimeout"/>; a record that
    /// found none is written to the log as JSON so that it is not lost.
    /// </remarks>
    public int Capacity { get; set; } = 10_000;

    /// <summary>Gets or sets the most records that are given to the sink at once.</summary>
    /// <value>The default is 500; at least 1.</value>
    /// <remarks>Nothing waits for a batch to fill: the sink is given what is there as soon as it has taken the batch before.</remarks>
    public int MaxBatchSize { get; set; } = 500;
}
