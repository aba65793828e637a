using Microsoft.Extensions.Logging;

using UsageCapture.Telemetry;

namespace UsageCapture.Delivery;

/// <summary>Writes a record to every sink. A sink that fails or is slow does not affect the others.</summary>
/// <remarks>
/// An <see cref="ISynchronousUsageSink"/> is built in and does not block, so it is called on the current thread without a timeout. Every
/// other sink is called on the thread pool, all of them in parallel, each with its own timeout. Thread-safe.
/// </remarks>
/// <param name="sinks">The sinks.</param>
/// <param name="timeout">The longest time that one sink may take for one record.</param>
/// <param name="timeProvider">The clock that the timeout is measured with.</param>
/// <param name="logger">Receives the failures, with the records that a sink did not accept.</param>
internal sealed class UsagePublisher(IReadOnlyList<IUsageSink> sinks, TimeSpan timeout, TimeProvider timeProvider, ILogger logger)
{
    /// <summary>Gets the longest time that publishing a record takes: the timeout of one sink, because all sinks run in parallel.</summary>
    public TimeSpan Timeout => timeout;

    /// <summary>Publishes a record.</summary>
    /// <param name="record">The record.</param>
    /// <returns>A task that completes when every sink has the record or the timeout has passed. It never fails.</returns>
    public Task PublishAsync(UsageRecord record)
    {
        List<Task>? pending = null;
        foreach (IUsageSink sink in sinks)
        {
            if (!TryWriteSynchronously(sink, record))
            {
                (pending ??= []).Add(WriteAsync(sink, record));
            }
        }

        return pending is null ? Task.CompletedTask : Task.WhenAll(pending);
    }

#pragma warning disable CA1031 // The exceptions of sinks are logged. They must not reach the caller.
    /// <returns>False when the record must still be written with <see cref="WriteAsync"/>. A sink that throws gets no second call.</returns>
    private bool TryWriteSynchronously(IUsageSink sink, UsageRecord record)
    {
        try
        {
            return sink is ISynchronousUsageSink synchronous && synchronous.TryWrite(record);
        }
        catch (Exception exception)
        {
            Log.SinkFailed(logger, exception, sink.GetType().Name, count: 1, record.ToJson());
            return true;
        }
    }

    private async Task WriteAsync(IUsageSink sink, UsageRecord record)
    {
        using var timedOut = new CancellationTokenSource(timeout, timeProvider);
        try
        {
            // The application's read of the response waits for this task. On the thread pool, a sink that blocks its thread cannot delay
            // that read beyond the timeout.
            await Task.Run(() => sink.WriteAsync([record], timedOut.Token).AsTask(), CancellationToken.None)
                .WaitAsync(timedOut.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (timedOut.IsCancellationRequested)
        {
            Log.SinkTimedOut(logger, sink.GetType().Name, timeout, record.ToJson());
        }
        catch (Exception exception)
        {
            Log.SinkFailed(logger, exception, sink.GetType().Name, count: 1, record.ToJson());
        }
    }
#pragma warning restore CA1031
}
