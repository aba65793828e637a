namespace UsageCapture.Responses;

/// <summary>A body whose start was read already. Reads return the start, then the result of the pending read, then the rest of the body.</summary>
/// <remarks><see cref="PeekedResponse"/> creates it, so that the caller of the API gets the whole body although the handler has read its start.</remarks>
/// <param name="peekBuffer">The bytes that were read, and after them the space into which the pending read writes.</param>
/// <param name="peekedLength">The number of bytes that were read.</param>
/// <param name="pendingRead">A read that was started but whose result was not used; null when there is none.</param>
/// <param name="inner">The rest of the body.</param>
/// <param name="owner">The content of the body. It is disposed with the stream.</param>
internal sealed class PeekedStream(byte[] peekBuffer, int peekedLength, Task<int>? pendingRead, Stream inner, HttpContent owner) : ForwardOnlyStream(inner)
{
    private ReadOnlyMemory<byte> _buffered = peekBuffer.AsMemory(0, peekedLength);
    private Task<int>? _pendingRead = pendingRead;

    public override int Read(Span<byte> buffer)
    {
        if (_buffered.IsEmpty && _pendingRead is { } pendingRead)
        {
            ((IAsyncResult)pendingRead).AsyncWaitHandle.WaitOne(); // Waits without throwing.
            return ReadPending(pendingRead, buffer);
        }

        return _buffered.IsEmpty ? Inner.Read(buffer) : ReadBuffered(buffer);
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<int>(cancellationToken);
        }

        if (!_buffered.IsEmpty)
        {
            return ValueTask.FromResult(ReadBuffered(buffer.Span));
        }

        return _pendingRead is { } pendingRead ? ReadPendingAsync(pendingRead, buffer, cancellationToken) : Inner.ReadAsync(buffer, cancellationToken);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _buffered = default;
            Inner.Dispose();
            owner.Dispose();

            // When no code awaits the read any more, reading its exception keeps it from TaskScheduler.UnobservedTaskException.
            _ = _pendingRead?.ContinueWith(
                static pendingRead => pendingRead.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }

        base.Dispose(disposing);
    }

    private async ValueTask<int> ReadPendingAsync(Task<int> pendingRead, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            await pendingRead.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception) when (pendingRead.IsCompleted)
        {
            // ReadPending throws it.
        }

        return ReadPending(pendingRead, buffer.Span);
    }

    /// <summary>Returns bytes of the pending read, or throws its failure. Later reads return the rest of these bytes, then go to the inner stream.</summary>
    private int ReadPending(Task<int> pendingRead, Span<byte> destination)
    {
        if (destination.IsEmpty && pendingRead.IsCompletedSuccessfully)
        {
            return 0; // A read into an empty buffer only waits for data.
        }

        _pendingRead = null;
        _buffered = peekBuffer.AsMemory(peekedLength, pendingRead.GetAwaiter().GetResult());
        return ReadBuffered(destination);
    }

    private int ReadBuffered(Span<byte> destination)
    {
        int count = Math.Min(destination.Length, _buffered.Length);
        _buffered.Span[..count].CopyTo(destination);
        _buffered = _buffered[count..];
        return count;
    }
}
