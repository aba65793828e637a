namespace UsageCapture.Responses;

/// <summary>A body whose start was read already. Reads return the start, then the result of a pending read, then the rest of the body.</summary>
/// <remarks><see cref="PeekedResponse"/> creates it for the caller.</remarks>
/// <param name="peekBuffer">The bytes that were read, and after them the space into which the pending read writes.</param>
/// <param name="peekedLength">The number of bytes that were read.</param>
/// <param name="pending">A read that has not returned, or that failed; null when there is none.</param>
/// <param name="inner">The rest of the body.</param>
/// <param name="owner">The content of the body. It is disposed with the stream.</param>
internal sealed class PeekedStream(byte[] peekBuffer, int peekedLength, Task<int>? pending, Stream inner, HttpContent owner) : ForwardOnlyStream(inner)
{
    private ReadOnlyMemory<byte> _start = peekBuffer.AsMemory(0, peekedLength);
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

    /// <summary>Returns the bytes of the pending read, or throws its failure. Later reads go to the inner stream.</summary>
    private int ReadPending(Task<int> reading, Span<byte> destination)
    {
        if (destination.IsEmpty && reading.IsCompletedSuccessfully)
        {
            return 0; // A read into an empty buffer only waits for data.
        }

        _pending = null;
        _start = peekBuffer.AsMemory(peekedLength, reading.GetAwaiter().GetResult());
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
