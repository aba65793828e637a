using System.Threading.Channels;

using Microsoft.Extensions.Logging;

using UsageCapture.Delivery;
using UsageCapture.Telemetry;

namespace UsageCapture;

/// <summary>A bounded queue in front of a slow sink. Responses end without waiting for the sink, and the sink receives batches.</summary>
/// <remarks>
/// <para>
/// Thread-safe. The sink is called on the thread pool, one call at a time. When it throws, the batch is written to the log as JSON, and the
/// next batch follows.
/// </para>
/// <para>
/// Dispose it after the clients that write to it. Disposal waits until the sink has all records, for at most
/// <see cref="BufferedUsageSinkOptions.ShutdownTimeout"/>. Records that remain then are written to the log as JSON. Disposing twice is
/// harmless. The sink behind the queue is not disposed.
/// </para>
/// <para>
/// The exit of the process waits for a queue that was not disposed, but not longer than about 25 seconds, because container platforms kill
/// a process 30 seconds after they have told it to exit.
/// </para>
/// </remarks>
public sealed class BufferedUsageSink : ISynchronousUsageSink, IExitParticipant, IAsyncDisposable, IDisposable
{
    // A larger value is probably a mistake in the unit.
    private static readonly TimeSpan MaxShutdownTimeout = TimeSpan.FromMinutes(10);

    private readonly IUsageSink _sink;
    private readonly ILogger _logger;
    private readonly int _maxBatchSize;
    private readonly Channel<UsageRecord> _queue;
    private readonly TimeSpan _shutdownTimeout;
    private readonly Task _deliveryTask;

    // Held while records leave the queue and when a batch ends. Under it, each undelivered record is either in the queue or in the batch.
    private readonly Lock _lock = new();

    // The records that the sink has been given and has not stored yet; empty between two batches.
    private List<UsageRecord> _batchInDelivery = [];

    // Completes when the current batch ends, or between two batches, when the next one ends. Then it is replaced.
    private TaskCompletionSource _batchEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private bool _isAbandoned; // The wait for a sink that hangs is over, and the remaining records are in the log.

    /// <summary>Creates a queue in front of a sink and starts to deliver.</summary>
    /// <param name="sink">The sink that receives the batches.</param>
    /// <param name="options">The limits of the queue; null for the defaults.</param>
    /// <param name="logger">
    /// Receives the records that the sink did not store. Null to write them to the standard error stream, because a lost record must be
    /// visible. For no log, use <see cref="Microsoft.Extensions.Logging.Abstractions.NullLogger{T}"/>.
    /// </param>
    /// <exception cref="ArgumentNullException"><paramref name="sink"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A limit is less than 1, or the timeout is not from zero to 10 minutes.</exception>
    public BufferedUsageSink(IUsageSink sink, BufferedUsageSinkOptions? options = null, ILogger<BufferedUsageSink>? logger = null)
    {
        ArgumentNullException.ThrowIfNull(sink);
        options ??= new BufferedUsageSinkOptions();
        if (options.Capacity < 1 || options.MaxBatchSize < 1)
        {
            throw new ArgumentOutOfRangeException(
                nameof(options), $"Capacity is {options.Capacity} and MaxBatchSize is {options.MaxBatchSize}. Choose at least 1 for each.");
        }

        if (options.ShutdownTimeout < TimeSpan.Zero || options.ShutdownTimeout > MaxShutdownTimeout)
        {
            throw new ArgumentOutOfRangeException(
                nameof(options), $"ShutdownTimeout is {options.ShutdownTimeout}. Choose from zero to 10 minutes.");
        }

        _sink = sink;
        _logger = GuardedLogger.Wrap(logger);
        _shutdownTimeout = options.ShutdownTimeout;
        _maxBatchSize = options.MaxBatchSize;

        // Without SingleReader, because a disposal that times out takes the remaining records itself.
        _queue = Channel.CreateBounded<UsageRecord>(new BoundedChannelOptions(options.Capacity));

        // The sink must not see the Activity and the AsyncLocals of the call that happens to create the queue.
        _deliveryTask = ContextFlow.StartDetached(() => Task.Run(DeliverAsync));
        ProcessExit.AddQueue(this);
    }

    /// <summary>Adds records to the queue, and waits for room when it is full.</summary>
    /// <param name="records">The records.</param>
    /// <param name="cancellationToken">Cancels the waiting.</param>
    /// <returns>A task that completes when the records are in the queue. The sink receives them later.</returns>
    /// <exception cref="OperationCanceledException">The token was canceled before there was room. Some records may be in the queue.</exception>
    /// <exception cref="InvalidOperationException">The queue is disposed.</exception>
    public async ValueTask WriteAsync(IReadOnlyList<UsageRecord> records, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(records);
        foreach (UsageRecord record in records)
        {
            try
            {
                await _queue.Writer.WriteAsync(record, cancellationToken).ConfigureAwait(false);
            }
            catch (ChannelClosedException exception)
            {
                throw new InvalidOperationException(
                    $"The queue in front of the sink {_sink.GetType().Name} is disposed and accepts no more records. Dispose it after the clients that write to it.",
                    exception);
            }
        }
    }

    /// <summary>Waits until the queue is empty and the sink has stored or refused the records. The queue stays open.</summary>
    /// <param name="cancellationToken">Ends the wait. The records are still delivered.</param>
    /// <returns>
    /// A task that completes when no record waits. While other threads add records as fast as the sink stores them, it does not complete.
    /// </returns>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    public async Task FlushAsync(CancellationToken cancellationToken = default)
    {
        while (!_deliveryTask.IsCompleted && HasPendingRecords(out Task batchEnded))
        {
            await Task.WhenAny(batchEnded, _deliveryTask).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Closes the queue and waits until the sink has received all records in it.</summary>
    /// <returns>A task that completes when all records are delivered or logged.</returns>
    public ValueTask DisposeAsync() => new(FinishAsync(_shutdownTimeout));

    /// <summary>Closes the queue and blocks until the sink has received all records in it.</summary>
    /// <remarks>Prefer <see cref="DisposeAsync"/>. This method is for containers that are disposed synchronously.</remarks>
    public void Dispose()
    {
        _queue.Writer.TryComplete();
        _deliveryTask.Wait(_shutdownTimeout);
        AbandonIfNotDelivered(_shutdownTimeout);
    }

    bool ISynchronousUsageSink.TryWrite(UsageRecord record) => _queue.Writer.TryWrite(record);

    Task IExitParticipant.FinishAsync(TimeSpan maxWait) => FinishAsync(maxWait < _shutdownTimeout ? maxWait : _shutdownTimeout);

    private async Task FinishAsync(TimeSpan maxWait)
    {
        _queue.Writer.TryComplete();
        await _deliveryTask.WaitAsync(maxWait).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        AbandonIfNotDelivered(maxWait);
    }

    /// <summary>Stops the delivery to a sink that hangs, and writes the records to the log that it has not stored.</summary>
    private void AbandonIfNotDelivered(TimeSpan waited)
    {
        if (_deliveryTask.IsCompleted || Interlocked.Exchange(ref _isAbandoned, true))
        {
            return;
        }

        List<UsageRecord> remaining;
        lock (_lock)
        {
            remaining = [.. _batchInDelivery];
            while (_queue.Reader.TryRead(out UsageRecord? record))
            {
                remaining.Add(record);
            }
        }

        foreach (UsageRecord[] part in remaining.Chunk(_maxBatchSize))
        {
            Log.ShutdownTimedOut(_logger, _sink.GetType().Name, part.Length, waited, ToLines(part));
        }
    }

    private static string ToLines(IEnumerable<UsageRecord> records) => string.Join('\n', records.Select(record => record.ToJson()));

    private async Task DeliverAsync()
    {
        while (!Volatile.Read(ref _isAbandoned) && await _queue.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            List<UsageRecord> batch = BeginBatch();
            if (batch.Count == 0)
            {
                return; // A disposal that timed out has taken the remaining records.
            }

            try
            {
                await _sink.WriteAsync(batch, CancellationToken.None).ConfigureAwait(false);
            }
#pragma warning disable CA1031 // The exceptions of sinks are logged. The next batch follows.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                Log.SinkFailed(_logger, exception, _sink.GetType().Name, batch.Count, ToLines(batch));
            }

            EndBatch();
        }
    }

    private List<UsageRecord> BeginBatch()
    {
        lock (_lock)
        {
            while (_batchInDelivery.Count < _maxBatchSize && _queue.Reader.TryRead(out UsageRecord? record))
            {
                _batchInDelivery.Add(record);
            }

            return _batchInDelivery;
        }
    }

    private void EndBatch()
    {
        TaskCompletionSource ended;
        lock (_lock)
        {
            _batchInDelivery = []; // A new list, because the sink may keep the old one.
            ended = _batchEnded;
            _batchEnded = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        ended.SetResult();
    }

    /// <summary>Gets whether a record is in the queue or with the sink.</summary>
    /// <param name="batchEnded">Completes when the current batch ends, or between two batches, when the next one ends.</param>
    private bool HasPendingRecords(out Task batchEnded)
    {
        lock (_lock)
        {
            batchEnded = _batchEnded.Task;
            return _batchInDelivery.Count > 0 || _queue.Reader.Count > 0;
        }
    }
}
