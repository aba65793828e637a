using Microsoft.Extensions.Logging;

using UsageCapture.Delivery;
using UsageCapture.Telemetry;

namespace UsageCapture;

/// <summary>Writes each record to the log, with the level Information. A record that needs review has the level Warning and more details.</summary>
/// <remarks>Thread-safe. <c>AddUsageCapture</c> uses this sink when no sink is registered.</remarks>
/// <param name="logger">The log.</param>
public sealed class LoggingUsageSink(ILogger<LoggingUsageSink> logger) : ISynchronousUsageSink
{
    // Guarded, because an exception of a log provider must not reach the caller of the API.
    private readonly ILogger _logger = GuardedLogger.Wrap(logger ?? throw new ArgumentNullException(nameof(logger)));

    /// <inheritdoc/>
    public ValueTask WriteAsync(IReadOnlyList<UsageRecord> records, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(records);
        foreach (UsageRecord record in records)
        {
            Write(record);
        }

        return ValueTask.CompletedTask;
    }

    bool ISynchronousUsageSink.TryWrite(UsageRecord record)
    {
        Write(record);
        return true;
    }

    private void Write(UsageRecord record)
    {
        if (record.NeedsReview)
        {
            Log.UsageNeedsReview(
                _logger,
                record.Provider,
                record.Model,
                record.Usage?.InputTokens,
                record.Usage?.CachedInputTokens,
                record.Usage?.OutputTokens,
                record.Status,
                record.Outcome,
                record.Error?.Code ?? record.Error?.Type,
                record.Anomalies,
                record.UsageRequest,
                record.Id,
                record.ResponseId,
                record.RequestId);
        }
        else
        {
            Log.Usage(
                _logger,
                record.Provider,
                record.Model,
                record.Usage?.InputTokens,
                record.Usage?.CachedInputTokens,
                record.Usage?.OutputTokens,
                record.Status,
                record.Outcome,
                record.Id);
        }
    }
}
