using Microsoft.Extensions.Logging;

using UsageCapture.Telemetry;

namespace UsageCapture.Delivery;

/// <summary>Writes a record to every sink. A sink that fails or is slow does not affect the others.</summary>
/// <remarks>
/// An <see cref="ISynchronousUsageSink"/> is built in and does not block, so it is called on the current thread without a timeout. Every
/// other sink is called on the thread pool, all of them in parallel, each with its own timeout. Thread-safe.
/// </remarks>
/// <param name="source">Creates the sinks when the first record needs them.</param>
/// <param name="timeout">The longest time that one sink may take for one record.</param>
/// <param name="timeProvider">The clock that the timeout is measured with.</param>
/// <param name="logger">Receives the failures, with the records that a sink did not accept.</param>
internal sealed class UsagePublisher(SinkSource source, TimeSpan timeout, TimeProvider timeProvider, ILogger logger)
{
    /// <summary>Gets the longest time that publishing a record takes, including the creation of sinks that do not exist yet.</summary>
    public TimeSpan Timeout => timeout;

    /// <summary>Creates the sinks if that was not tried before. Called when an exchange begins. Never throws.</summary>
    /// <remarks>
    /// The first call blocks until the constructors of the sinks have returned, but not longer than the timeout. When the first record is
    /// written, the container may be being disposed, and then it cannot create the sinks.
    /// </remarks>
    public void PrepareSinks() => source.TryCreateOnce(timeout);

    /// <summary>Publishes a record.</summary>
    /// <param name="record">The record.</param>
    /// <returns>A task that completes when every sink has the record or the timeout has passed. It never fails.</returns>
    public Task PublishAsync(UsageRecord record) =>
        source.Sinks is { } sinks ? PublishAsync(sinks, record, timeout) : CreateSinksAndPublishAsync(record);

    private Task PublishAsync(IReadOnlyList<IUsageSink> sinks, UsageRecord record, TimeSpan maxWait)
    {
        List<Task>? pending = null;
        for (int i = 0; i < sinks.Count; i++)
        {
            IUsageSink sink = sinks[i];
            if (!TryWriteSynchronously(sink, record))
            {
                (pending ??= []).Add(WriteAsync(sink, record, maxWait));
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

    private async Task CreateSinksAndPublishAsync(UsageRecord record)
    {
        long start = timeProvider.GetTimestamp();
        IReadOnlyList<IUsageSink> sinks;
        try
        {
            using var deadline = new Deadline(timeout, timeProvider);
            Task<IUsageSink[]> creation = source.GetAsync();
            if (!await deadline.WaitAsync(creation).ConfigureAwait(false))
            {
                // A constructor that makes such a call waits for the end of its response, which waits for the sinks.
                throw new TimeoutException(
                    $"The constructors of the sinks did not return within the PublishTimeout of {timeout}. A sink must not make a call to a language model in its constructor.");
            }

            sinks = await creation.ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            Log.SinksNotCreated(logger, exception, record.ToJson());
            return;
        }

        // The sinks get the rest of the timeout. If nothing is left of it, they still get the record.
        TimeSpan elapsed = timeProvider.GetElapsedTime(start);
        await PublishAsync(sinks, record, elapsed < timeout ? timeout - elapsed : TimeSpan.Zero).ConfigureAwait(false);
    }

    private async Task WriteAsync(IUsageSink sink, UsageRecord record, TimeSpan maxWait)
    {
        using var deadline = new Deadline(maxWait, timeProvider);
        try
        {
            // The application's read of the response waits for this task. On the thread pool, a sink that blocks its thread cannot delay
            // that read beyond the timeout.
            CancellationToken token = deadline.Token;
            Task writing = Task.Run(() => sink.WriteAsync([record], token).AsTask(), CancellationToken.None);
            if (await deadline.WaitAsync(writing).ConfigureAwait(false))
            {
                await writing.ConfigureAwait(false);
            }
            else
            {
                Log.SinkTimedOut(logger, sink.GetType().Name, timeout, record.ToJson());
                LogLateFailure(writing, sink, record.Id);
            }
        }
        catch (OperationCanceledException) when (deadline.HasPassed)
        {
            // A cancellation of the sink's own, before the deadline, is a failure like others.
            Log.SinkTimedOut(logger, sink.GetType().Name, timeout, record.ToJson());
        }
        catch (Exception exception)
        {
            Log.SinkFailed(logger, exception, sink.GetType().Name, count: 1, record.ToJson());
        }
    }
#pragma warning restore CA1031

    // Only for a sink that fails after the timeout. One that obeys its token is canceled then, and the message about the timeout says enough.
    private void LogLateFailure(Task writing, IUsageSink sink, Guid id) => _ = writing.ContinueWith(
        failed => Log.SinkFailedLate(logger, failed.Exception!.GetBaseException(), sink.GetType().Name, id),
        CancellationToken.None,
        TaskContinuationOptions.OnlyOnFaulted,
        TaskScheduler.Default);
}
