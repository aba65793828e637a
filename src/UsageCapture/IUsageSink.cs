namespace UsageCapture;

/// <summary>A destination for usage records: a database, a queue, a metric, a log.</summary>
/// <remarks>
/// <para>
/// Registered inline, a sink is called where the end of a response is seen, once per exchange with one record, from as many
/// threads as there are responses ending: it must be thread-safe. Registered behind a buffer, it is called from one loop, one
/// call at a time, with a batch.
/// </para>
/// <para>
/// Let exceptions out. They never reach the caller of the API: they are logged together with the records that were lost, and the
/// next sink has its turn.
/// </para>
/// </remarks>
public interface IUsageSink
{
    /// <summary>Takes records over.</summary>
    /// <param name="records">The records; never empty. The list may be kept.</param>
    /// <param name="cancellationToken">
    /// Inline: fires when <see cref="UsageCaptureOptions.PublishTimeout"/> has passed. Buffered: never fires. It is never the
    /// token of the caller whose response ended.
    /// </param>
    /// <returns>A task that completes when the records are safe.</returns>
    ValueTask WriteAsync(IReadOnlyList<UsageRecord> records, CancellationToken cancellationToken);
}
