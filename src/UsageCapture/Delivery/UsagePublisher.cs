using Microsoft.Extensions.Logging;

using UsageCapture.Telemetry;

namespace UsageCapture.Delivery;

/// <summary>Hands a record to every sink, each on its own, all within one timeout.</summary>
internal sealed class UsagePublisher(IReadOnlyList<IUsageSink> sinks, TimeSpan timeout, TimeProvider timeProvider, ILogger logger)
{
    /// <summary>Gets the longest that publishing takes.</summary>
    public TimeSpan Timeout => timeout;

    /// <summary>Publishes a record. The task never fails, and is done when every sink has the record or the time is up.</summary>
    public Task PublishAsync(UsageRecord record)
    {
        List<Task>? waiting = null;
        foreach (IUsageSink sink in sinks)
        {
            if (!TryWriteAtOnce(sink, record))
            {
                (waiting ??= []).Add(WriteAsync(sink, record));
            }
        }

        return waiting is null ? Task.CompletedTask : Task.WhenAll(waiting);
    }

#pragma warning disable CA1031 // What a sink throws is the log's affair, never the caller's.
    private bool TryWriteAtOnce(IUsageSink sink, UsageRecord record)
    {
        try
        {
            return sink is IImmediateUsageSink immediate && immediate.TryWrite(record);
        }
        catch (Exception exception)
        {
            Log.SinkFailed(logger, exception, sink.GetType().Name, 1, record.ToJson());
            return true;
        }
    }

    private async Task WriteAsync(IUsageSink sink, UsageRecord record)
    {
        using var late = new CancellationTokenSource(timeout, timeProvider);
        try
        {
            // On the thread pool, for a sink that blocks must not hold up the caller's read beyond the timeout.
            await Task.Run(() => sink.WriteAsync([record], late.Token).AsTask(), CancellationToken.None)
                .WaitAsync(late.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested)
        {
            Log.SinkLate(logger, sink.GetType().Name, timeout, record.ToJson());
        }
        catch (Exception exception)
        {
            Log.SinkFailed(logger, exception, sink.GetType().Name, 1, record.ToJson());
        }
    }
#pragma warning restore CA1031
}
