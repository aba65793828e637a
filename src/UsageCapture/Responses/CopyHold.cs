using System.Buffers;

using UsageCapture.Exchanges;

namespace UsageCapture.Responses;

/// <summary>Holds back the end of a response that is copied, for a short time, while its usage may still follow.</summary>
/// <remarks>
/// <see cref="UsageHold"/> does the same for a body that is read. Here the content writes the bytes, so nothing is read ahead, and a timer ends the wait.
/// <see cref="TeeWriteStream"/> calls <see cref="Add"/> and <see cref="Start"/>. When the time is over, the record is published and the bytes
/// are written to the destination. Before each other write, the tee calls <see cref="StopAsync"/>, so that there are never two writes at a time.
/// </remarks>
/// <param name="destination">The destination of the copy.</param>
/// <param name="recorder">Records the exchange.</param>
/// <param name="cancellation">The cancellation of the copy; null for a synchronous copy.</param>
#pragma warning disable CA1001 // Each source is disposed when its time is stopped.
internal sealed class CopyHold(Stream destination, ExchangeRecorder recorder, CopyCancellation? cancellation)
#pragma warning restore CA1001
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    // Only the time without a write counts, so that the same bytes give the same record on a busy machine.
    private TimeSpan _remaining = UsageHold.MaxTime;
    private long _startTime;
    private CancellationTokenSource _stop = new();
    private Task _releasing = Task.CompletedTask;
    private bool _wereReleased;

    /// <summary>Gets whether the bytes may be held no longer, because they are too many.</summary>
    public bool IsFull => _bytes.WrittenCount >= UsageHold.MaxLength;

    /// <summary>Gets the held bytes.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes.WrittenMemory;

    /// <summary>Holds bytes that the recorder has seen and the filter has passed.</summary>
    public void Add(ReadOnlySpan<byte> bytes) => _bytes.Write(bytes);

    /// <summary>Lets the rest of the time run.</summary>
    public void Start()
    {
        _stop = new CancellationTokenSource();
        _startTime = recorder.TimeProvider.GetTimestamp();
        _releasing = ReleaseAsync(_stop.Token);
    }

    /// <summary>Stops the time, or waits until the bytes are written to the destination.</summary>
    /// <returns>Whether the bytes are still held. False when they were written.</returns>
    /// <exception cref="IOException">Writing them has failed, or another exception of the destination.</exception>
    public async ValueTask<bool> StopAsync()
    {
        await StopTimer().ConfigureAwait(false);
        return !_wereReleased;
    }

    /// <summary>As <see cref="StopAsync"/>, blocking.</summary>
    public bool Stop()
    {
        StopTimer().GetAwaiter().GetResult();
        return !_wereReleased;
    }

    private Task StopTimer()
    {
        _stop.Cancel(); // It cannot throw: only this class has registered a callback.
        _stop.Dispose();
        _remaining -= recorder.TimeProvider.GetElapsedTime(_startTime);
        Task releasing = _releasing;
        _releasing = Task.CompletedTask; // A failure is thrown once.
        return releasing;
    }

    private async Task ReleaseAsync(CancellationToken stop)
    {
        if (_remaining > TimeSpan.Zero)
        {
            await Task.Delay(_remaining, recorder.TimeProvider, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (stop.IsCancellationRequested)
        {
            return;
        }

        Task publishing = recorder.EndWithoutUsage();
        _wereReleased = true; // Also when writing fails, so that no bytes are written twice.
        if (cancellation is null)
        {
            PublishingWait.Wait(publishing, recorder.PublishTimeout);
            destination.Write(_bytes.WrittenSpan);
        }
        else
        {
            await cancellation.WaitAsync(publishing).ConfigureAwait(false);
            await destination.WriteAsync(_bytes.WrittenMemory, cancellation.Token).ConfigureAwait(false);
        }
    }
}
