using System.Threading.Channels;

using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

using UsageCapture.Delivery;
using UsageCapture.Telemetry;

namespace UsageCapture;

/// <summary>Puts a bounded queue before a sink: responses end without waiting, and the sink is given batches, one call at a time.</summary>
/// <remarks>
/// Thread-safe. Dispose of it to have what waits delivered; disposing of it twice is harmless. The sink behind it is not disposed of,
/// for it was not made here. A batch that makes the sink throw is written to the log, and the next one has its turn.
/// </remarks>
public class BufferedUsageSink : IImmediateUsageSink, IAsyncDisposable, IDisposable
{
    private readonly IUsageSink _sink;
    private readonly ILogger _logger;
    private readonly int _maxBatchSize;
    private readonly Channel<UsageRecord> _queue;
    private readonly Task _delivering;

    /// <summary>Puts a queue before a sink and begins to deliver.</summary>
    /// <param name="sink">The sink that is given the batches.</param>
    /// <param name="options">How records wait; null for the defaults.</param>
    /// <param name="logger">Where lost records are written; null for nowhere.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is less than one.</exception>
    public BufferedUsageSink(IUsageSink sink, BufferedUsageSinkOptions? options = null, ILogger<BufferedUsageSink>? logger = null)
    {
        ArgumentNullException.ThrowIfNull(sink);
        options ??= new BufferedUsageSinkOptions();
        if (options.Capacity < 1 || options.MaxBatchSize < 1)
        {
            throw new ArgumentOutOfRangeException(
                nameof(options), $"Capacity is {options.Capacity} and MaxBatchSize {options.MaxBatchSize}. Choose at least 1 for each.");
        }

        _sink = sink;
        _logger = logger ?? NullLogger<BufferedUsageSink>.Instance;
        _maxBatchSize = options.MaxBatchSize;
        _queue = Channel.CreateBounded<UsageRecord>(new BoundedChannelOptions(options.Capacity) { SingleReader = true });
        _delivering = Task.Run(DeliverAsync);
    }

    /// <summary>Puts records into the queue, and waits for room where there is none.</summary>
    /// <param name="records">The records.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>A task that completes when the records are in the queue.</returns>
    /// <exception cref="OperationCanceledException">The token fired before there was room.</exception>
    /// <exception cref="InvalidOperationException">The queue has been disposed of.</exception>
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
                    $"The queue before the sink {_sink.GetType().Name} has been disposed of, so it takes no more records. Dispose of it after the clients that feed it.",
                    exception);
            }
        }
    }

    /// <summary>Takes no more records and waits until the sink has been given those that are there.</summary>
    /// <returns>A task that completes when everything is delivered.</returns>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _delivering.ConfigureAwait(false);
        GC.SuppressFinalize(this);
    }

    /// <summary>Takes no more records and blocks until the sink has been given those that are there.</summary>
    /// <remarks>Prefer <see cref="DisposeAsync"/>; this is for containers that are disposed of synchronously.</remarks>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Does what <see cref="Dispose()"/> does.</summary>
    /// <param name="disposing">Whether the caller is <see cref="Dispose()"/>.</param>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            _queue.Writer.TryComplete();
            _delivering.GetAwaiter().GetResult();
        }
    }

    bool IImmediateUsageSink.TryWrite(UsageRecord record) => _queue.Writer.TryWrite(record);

    private async Task DeliverAsync()
    {
        while (await _queue.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            List<UsageRecord> batch = [];
            while (batch.Count < _maxBatchSize && _queue.Reader.TryRead(out UsageRecord? record))
            {
                batch.Add(record);
            }

            try
            {
                await _sink.WriteAsync(batch, CancellationToken.None).ConfigureAwait(false);
            }
#pragma warning disable CA1031 // Whatever a batch does to the sink, the next one has its turn.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                Log.SinkFailed(
                    _logger, exception, _sink.GetType().Name, batch.Count, string.Join('\n', batch.Select(record => record.ToJson())));
            }
        }
    }
}
