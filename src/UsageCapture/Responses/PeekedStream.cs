namespace UsageCapture.Responses;

/// <summary>A body whose start was read already. It returns the start, then what a pending read brings, then the rest.</summary>
/// <param name="buffer">The buffer of the bytes that were read, and of the pending read behind them.</param>
/// <param name="length">The number of bytes that were read.</param>
/// <param name="pending">A read that has not returned, or that failed; null when there is none.</param>
/// <param name="inner">The rest of the body.</param>
/// <param name="owner">The content of the body, which is disposed of with the stream.</param>
internal sealed class PeekedStream(byte[] buffer, int length, Task<int>? pending, Stream inner, HttpContent owner) : ForwardOnlyStream(inner)
{
    private ReadOnlyMemory<byte> _start = buffer.AsMemory(0, length);
    private Task<int>? _pending = pending;

    public override int Read(Span<byte> buffer)
    {
        if (_start.IsEmpty && _pending is { } reading)
        {
            ((IAsyncResult)reading).AsyncWaitHandle.WaitOne(); // Waits without throwing.
            return ReadPending(reading, buffer);
        }

        return _start.IsEmpty ? Inner.Read(buffer) : ReadStart(buffer);
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<int>(cancellationToken);
        }

        if (!_start.IsEmpty)
        {
            return ValueTask.FromResult(ReadStart(buffer.Span));
        }

        return _pending is { } reading ? ReadPendingAsync(reading, buffer, cancellationToken) : Inner.ReadAsync(buffer, cancellationToken);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _start = default;
            Inner.Dispose();
            owner.Dispose();

            // When no code awaits the read any more, reading its exception marks it as observed.
            _ = _pending?.ContinueWith(
                static reading => reading.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }

        base.Dispose(disposing);
    }

    private async ValueTask<int> ReadPendingAsync(Task<int> reading, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            await reading.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception) when (reading.IsCompleted)
        {
            // ReadPending throws it.
        }

        return ReadPending(reading, buffer.Span);
    }

    /// <summary>Returns what the pending read brought, or throws its failure. Later reads get the inner stream's own answer.</summary>
    private int ReadPending(Task<int> reading, Span<byte> destination)
    {
        if (destination.IsEmpty && reading.IsCompletedSuccessfully)
        {
            return 0; // A read into an empty buffer only waits for data.
        }

        _pending = null;
        _start = buffer.AsMemory(length, reading.GetAwaiter().GetResult());
        return ReadStart(destination);
    }

    private int ReadStart(Span<byte> destination)
    {
        int count = Math.Min(destination.Length, _start.Length);
        _start.Span[..count].CopyTo(destination);
        _start = _start[count..];
        return count;
    }
}
