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
    /// <summary>Gets the longest time that publishing a record takes: the timeout of one sink, because all sinks run in parallel.</summary>
    /// <remarks>When the sinks must still be created, that takes at most the same time in addition.</remarks>
    public TimeSpan Timeout => timeout;

    /// <summary>Creates the sinks when the first exchange begins. Waits for their constructors, for at most the timeout. Never throws.</summary>
    /// <remarks>
    /// A container disposes services in reverse order of their creation. Sinks that are created now are disposed after the services that
    /// wait for records at shutdown.
    /// </remarks>
    public void PrepareSinks() => source.TryCreateOnce(timeout);

    /// <summary>Publishes a record.</summary>
    /// <param name="record">The record.</param>
    /// <returns>A task that completes when every sink has the record or its timeout has passed. It never fails.</returns>
    public Task PublishAsync(UsageRecord record) =>
        source.Sinks is { } sinks ? PublishAsync(sinks, record) : CreateSinksAndPublishAsync(record);

    private Task PublishAsync(IReadOnlyList<IUsageSink> sinks, UsageRecord record)
    {
        List<Task>? pending = null;
        for (int i = 0; i < sinks.Count; i++)
        {
            IUsageSink sink = sinks[i];
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

    private async Task CreateSinksAndPublishAsync(UsageRecord record)
    {
        IReadOnlyList<IUsageSink> sinks;
        try
        {
            using var deadline = new Deadline(timeout, timeProvider);
            Task<IUsageSink[]> creation = source.GetAsync();
            if (!await deadline.WaitAsync(creation).ConfigureAwait(false))
            {
                // A call of a model would be captured, and its record would wait for the sinks, which wait for the constructor.
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

        await PublishAsync(sinks, record).ConfigureAwait(false);
    }

    private async Task WriteAsync(IUsageSink sink, UsageRecord record)
    {
        using var deadline = new Deadline(timeout, timeProvider);
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

    // A cancellation is not logged, because it is only the sink's answer to our token, after the message about the timeout.
    private void LogLateFailure(Task writing, IUsageSink sink, Guid id) => _ = writing.ContinueWith(
        faulted => Log.SinkFailedLate(logger, faulted.Exception!.GetBaseException(), sink.GetType().Name, id),
        CancellationToken.None,
        TaskContinuationOptions.OnlyOnFaulted,
        TaskScheduler.Default);
}
