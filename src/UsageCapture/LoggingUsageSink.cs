using Microsoft.Extensions.Logging;

using UsageCapture.Delivery;
using UsageCapture.Diagnostics;

namespace UsageCapture;

/// <summary>Writes each record to the log: at Information, or at Warning when it needs review.</summary>
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
        LogLevel level = record.NeedsReview ? LogLevel.Warning : LogLevel.Information;
        if (logger.IsEnabled(level))
        {
            Log.Usage(
                logger,
                level,
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

    private static object Reported(long? count) => count is { } reported ? reported : "unreported";
}
