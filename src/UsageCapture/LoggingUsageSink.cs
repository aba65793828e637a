using Microsoft.Extensions.Logging;

using UsageCapture.Delivery;
using UsageCapture.Telemetry;

namespace UsageCapture;

/// <summary>Writes each record to the log: at Information, or, when it needs review, at Warning with what to look it up by.</summary>
/// <remarks>Thread-safe. Where no sink is registered, <c>AddUsageCapture</c> uses this one.</remarks>
/// <param name="logger">Where the records go.</param>
public sealed class LoggingUsageSink(ILogger<LoggingUsageSink> logger) : IImmediateUsageSink
{
    /// <inheritdoc/>
    public ValueTask WriteAsync(IReadOnlyList<UsageRecord> records, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(records);
        foreach (UsageRecord record in records)
        {
            ((IImmediateUsageSink)this).TryWrite(record);
        }

        return ValueTask.CompletedTask;
    }

    bool IImmediateUsageSink.TryWrite(UsageRecord record)
    {
        if (record.NeedsReview)
        {
            if (logger.IsEnabled(LogLevel.Warning))
            {
                LogForReview(record);
            }
        }
        else if (logger.IsEnabled(LogLevel.Information))
        {
            Log.Usage(
                logger,
                record.Provider,
                record.Model,
                Reported(record.Usage?.InputTokens),
                Reported(record.Usage?.CachedInputTokens),
                Reported(record.Usage?.OutputTokens),
                record.Status,
                record.Outcome,
                record.Id);
        }

        return true;
    }

    private void LogForReview(UsageRecord record) => Log.UsageNeedsReview(
        logger,
        record.Provider,
        record.Model,
        Reported(record.Usage?.InputTokens),
        Reported(record.Usage?.CachedInputTokens),
        Reported(record.Usage?.OutputTokens),
        record.Status,
        record.Outcome,
        record.Error?.Code ?? record.Error?.Type ?? "none",
        record.Anomalies,
        record.UsageRequest is { } who ? who : "not needed",
        record.Id,
        record.ResponseId ?? "unknown",
        record.RequestId ?? "unknown");

    private static object Reported(long? count) => count is { } reported ? reported : "unreported";
}
