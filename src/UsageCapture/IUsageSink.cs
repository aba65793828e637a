namespace UsageCapture;

/// <summary>Receives usage records and stores or forwards them: to a database, a queue, a metric or a log.</summary>
/// <remarks>
/// <para>
/// A sink that is not behind a <see cref="BufferedUsageSink"/> is called at the end of each response, with one record, from many threads at
/// the same time. It must be thread-safe. A sink behind a <see cref="BufferedUsageSink"/> is called with batches, one call at a time.
/// </para>
/// <para>
/// Throw when records cannot be stored. The exception never reaches the caller of the API. It is logged together with the records as JSON,
/// and the other sinks are not affected.
/// </para>
/// </remarks>
public interface IUsageSink
{
    /// <summary>Stores or forwards records.</summary>
    /// <param name="records">The records; never empty. The list is not changed afterwards, so it may be kept.</param>
    /// <param name="cancellationToken">
    /// Is canceled after <see cref="UsageCaptureOptions.PublishTimeout"/>, and never for a sink behind a <see cref="BufferedUsageSink"/>.
    /// It is not the token of the caller whose response ended.
    /// </param>
    /// <returns>A task that completes when the records are stored.</returns>
    ValueTask WriteAsync(IReadOnlyList<UsageRecord> records, CancellationToken cancellationToken);
}
