using System.Threading.Channels;

using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

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
/// Dispose it after the clients that write to it. Disposal waits until the sink has all records. Disposing twice is harmless. The sink
/// behind the queue is not disposed.
/// </para>
/// </remarks>
public sealed class BufferedUsageSink : ISynchronousUsageSink, IAsyncDisposable, IDisposable
{
    private readonly IUsageSink _sink;
    private readonly ILogger _logger;
    private readonly int _maxBatchSize;
    private readonly Channel<UsageRecord> _queue;
    private readonly Task _delivering;

    /// <summary>Creates a queue in front of a sink and starts to deliver.</summary>
    /// <param name="sink">The sink that receives the batches.</param>
    /// <param name="options">The limits of the queue; null for the defaults.</param>
    /// <param name="logger">Receives the records that the sink did not store; null for no log.</param>
    /// <exception cref="ArgumentNullException"><paramref name="sink"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A limit is less than 1.</exception>
    public BufferedUsageSink(IUsageSink sink, BufferedUsageSinkOptions? options = null, ILogger<BufferedUsageSink>? logger = null)
    {
        ArgumentNullException.ThrowIfNull(sink);
        options ??= new BufferedUsageSinkOptions();
        if (options.Capacity < 1 || options.MaxBatchSize < 1)
        {
            throw new ArgumentOutOfRangeException(
                nameof(options), $"Capacity is {options.Capacity} and MaxBatchSize is {options.MaxBatchSize}. Choose at least 1 for each.");
        }

        _sink = sink;
        _logger = logger ?? NullLogger<BufferedUsageSink>.Instance;
        _maxBatchSize = options.MaxBatchSize;
        _queue = Channel.CreateBounded<UsageRecord>(new BoundedChannelOptions(options.Capacity) { SingleReader = true });
        _delivering = Task.Run(DeliverAsync);
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

    /// <summary>Closes the queue and waits until the sink has received all records in it.</summary>
    /// <returns>A task that completes when all records are delivered or logged.</returns>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _delivering.ConfigureAwait(false);
    }

    /// <summary>Closes the queue and blocks until the sink has received all records in it.</summary>
    /// <remarks>Prefer <see cref="DisposeAsync"/>. This method is for containers that are disposed synchronously.</remarks>
    public void Dispose()
    {
        _queue.Writer.TryComplete();
        _delivering.GetAwaiter().GetResult();
    }

    bool ISynchronousUsageSink.TryWrite(UsageRecord record) => _queue.Writer.TryWrite(record);

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
#pragma warning disable CA1031 // The exceptions of sinks are logged. The next batch follows.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                Log.SinkFailed(
                    _logger, exception, _sink.GetType().Name, batch.Count, string.Join('\n', batch.Select(record => record.ToJson())));
            }
        }
    }
}
