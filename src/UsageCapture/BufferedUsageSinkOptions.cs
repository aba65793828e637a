namespace UsageCapture;

/// <summary>The limits of a <see cref="BufferedUsageSink"/>: a queue, and an inner sink that receives the queued records in batches.</summary>
public sealed class BufferedUsageSinkOptions
{
    /// <summary>Gets or sets the maximum number of records that wait in the queue.</summary>
    /// <value>The default is 10,000, which takes about 10 MB. At least 1.</value>
    /// <remarks>
    /// When the queue is full, the end of a response waits for room, for at most <see cref="UsageCaptureOptions.PublishTimeout"/>. A record
    /// that finds no room in that time is written to the log as JSON.
    /// </remarks>
    public int Capacity { get; set; } = 10_000;

    /// <summary>Gets or sets the maximum number of records in one batch.</summary>
    /// <value>The default is 500, a usual size for one insert into a database. At least 1.</value>
    /// <remarks>The queue does not wait until a batch is full. As soon as the inner sink is done with a batch, it gets the records that wait.</remarks>
    public int MaxBatchSize { get; set; } = 500;

    /// <summary>Gets or sets how long disposal waits until the inner sink has stored the queued records.</summary>
    /// <value>The default is 30 seconds, as long as a host gives its services to stop. From zero to 10 minutes.</value>
    /// <remarks>After this time the remaining records are written to the log as JSON, so that they are not lost.</remarks>
    public TimeSpan ShutdownTimeout { get; set; } = TimeSpan.FromSeconds(30);
}
