using System.Buffers;

using UsageCapture.Exchanges;

namespace UsageCapture.Responses;

/// <summary>Holds back the end of a response that is copied, for a short time, while its usage may still follow.</summary>
/// <remarks>
/// <para>
/// An example of such an end is <c>[DONE]</c>. <see cref="UsageHold"/> does the same for a body that the caller reads. Here the response's
/// content writes the bytes, so nothing is read ahead, and a timer ends the wait.
/// </para>
/// <para>
/// <see cref="TeeWriteStream"/> calls <see cref="Add"/>, and then <see cref="StartTimer"/>. When the time is over, the record is published
/// and the bytes are written to the destination. When the content writes more before that, the tee first calls
/// <see cref="StopTimerOrWaitForReleaseAsync"/>, so that there are never two writes at a time, and then adds the new bytes and starts the timer again.
/// </para>
/// </remarks>
/// <param name="destination">The destination of the copy.</param>
/// <param name="recorder">Records the exchange.</param>
/// <param name="cancellation">The cancellation of the copy; null for a synchronous copy.</param>
#pragma warning disable CA1001 // StopTimer disposes the source. The tee calls it before it drops this object.
internal sealed class CopyHold(Stream destination, ExchangeRecorder recorder, CopyCancellation? cancellation)
#pragma warning restore CA1001
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    // Time in which the content writes does not count, so that the same bytes give the same record on a busy machine.
    private TimeSpan _remainingTime = UsageHold.MaxTime;
    private long _timerStartTimestamp;
    private CancellationTokenSource? _timerCancellation; // Null when the timer does not run.
    private Task _releaseTask = Task.CompletedTask; // Waits for the time, and then writes the bytes.
    private bool _hasReleasedBytes;

    /// <summary>Gets whether the bytes may be held no longer, because they are too many.</summary>
    public bool IsFull => _bytes.WrittenCount >= UsageHold.MaxLength;

    /// <summary>Gets the held bytes.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes.WrittenMemory;

    /// <summary>Holds bytes that the recorder has seen and the filter has passed.</summary>
    public void Add(ReadOnlySpan<byte> bytes) => _bytes.Write(bytes);

    /// <summary>Starts the timer with the time that remains.</summary>
    public void StartTimer()
    {
        _timerCancellation = new CancellationTokenSource();
        _timerStartTimestamp = recorder.TimeProvider.GetTimestamp();
        _releaseTask = ReleaseAsync(_timerCancellation.Token);
    }

    /// <summary>Stops the timer. When its time was over already, waits until the bytes are written to the destination.</summary>
    /// <returns>Whether the bytes are still held. False when they were written.</returns>
    /// <exception cref="IOException">Writing them has failed, or another exception of the destination.</exception>
    public async ValueTask<bool> StopTimerOrWaitForReleaseAsync()
    {
        await StopTimer().ConfigureAwait(false);
        return !_hasReleasedBytes;
    }

    /// <summary>As <see cref="StopTimerOrWaitForReleaseAsync"/>, for a synchronous copy.</summary>
    public bool StopTimerOrWaitForRelease()
    {
        StopTimer().GetAwaiter().GetResult();
        return !_hasReleasedBytes;
    }

    private Task StopTimer()
    {
        if (_timerCancellation is not null)
        {
            _timerCancellation.Cancel(); // Does not throw: only the delay of this class has registered a callback.
            _timerCancellation.Dispose();
            _timerCancellation = null;
            _remainingTime -= recorder.TimeProvider.GetElapsedTime(_timerStartTimestamp);
        }

        Task releaseTask = _releaseTask;
        _releaseTask = Task.CompletedTask; // So that a failure is thrown only once.
        return releaseTask;
    }

    /// <summary>Waits for the remaining time. Then publishes the record without usage, and writes the held bytes.</summary>
    private async Task ReleaseAsync(CancellationToken stop)
    {
        if (_remainingTime > TimeSpan.Zero)
        {
            await Task.Delay(_remainingTime, recorder.TimeProvider, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (stop.IsCancellationRequested)
        {
            return;
        }

        Task publishing = recorder.EndWithoutUsage();
        _hasReleasedBytes = true; // Also when writing fails, so that no bytes are written twice.
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
