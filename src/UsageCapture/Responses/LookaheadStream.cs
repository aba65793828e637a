namespace UsageCapture.Responses;

/// <summary>A body that can be read ahead: one read of it may begin before the caller asks for it.</summary>
/// <remarks>
/// <see cref="UsageHold"/> reads ahead to find usage after the end of a response. It calls <see cref="StartReadAheadAsync"/>, or
/// <see cref="PrepareReadAhead"/> on a thread of its own. When that read returns bytes in time, <see cref="ConsumeReadAhead"/> takes them out.
/// Otherwise the read belongs to the caller: its next read returns the bytes, the failure or the end of the body as from a read of its own.
/// </remarks>
/// <param name="inner">The body.</param>
internal sealed class LookaheadStream(Stream inner) : ForwardOnlyStream(inner)
{
    // What follows the end of a response is one or two events.
    private const int BufferSize = 4 * 1024;

    private readonly byte[] _buffer = new byte[BufferSize];
#pragma warning disable CA2213 // It has no timer, so it needs no disposal. A callback of the caller's token may still use it after the disposal.
    private readonly CancellationTokenSource _cancellation = new();
#pragma warning restore CA2213
    private Task<int>? _readAhead; // Its bytes go into _buffer. Null when the next read goes to the body.

    // Bytes of the read-ahead that did not fit into the caller's buffer.
    private ReadOnlyMemory<byte> _readAheadRest;

    /// <summary>Starts an asynchronous read-ahead. The one before must have been consumed.</summary>
    /// <returns>A task with the number of bytes. A failure of the read is in the task: this method does not throw.</returns>
    public Task<int> StartReadAheadAsync() => _readAhead = ReadInnerAsync();

    /// <summary>Prepares a synchronous read-ahead. The one before must have been consumed.</summary>
    /// <returns>The read, which the current thread executes with <see cref="Task.RunSynchronously()"/>. It may block for long.</returns>
    public Task<int> PrepareReadAhead()
    {
        var readAhead = new Task<int>(() => Inner.Read(_buffer));
        _readAhead = readAhead;
        return readAhead;
    }

    /// <summary>Gets the bytes of the read-ahead, which has succeeded. The caller does not get them from this stream.</summary>
    /// <returns>The bytes, valid until the next read-ahead starts.</returns>
    public ReadOnlyMemory<byte> ConsumeReadAhead()
    {
        int length = _readAhead!.GetAwaiter().GetResult();
        _readAhead = null;
        return _buffer.AsMemory(0, length);
    }

    public override int Read(Span<byte> buffer)
    {
        if (_readAheadRest.IsEmpty && _readAhead is { } readAhead)
        {
            ((IAsyncResult)readAhead).AsyncWaitHandle.WaitOne(); // Waits without throwing.
            return ReturnReadAhead(readAhead, buffer);
        }

        return _readAheadRest.IsEmpty ? Inner.Read(buffer) : ReadRest(buffer);
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_readAheadRest.IsEmpty && _readAhead is null)
        {
            return Inner.ReadAsync(buffer, cancellationToken);
        }

        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<int>(cancellationToken);
        }

        return _readAheadRest.IsEmpty ? ReturnReadAheadAsync(_readAhead!, buffer, cancellationToken) : ValueTask.FromResult(ReadRest(buffer.Span));
    }

    public override async ValueTask DisposeAsync()
    {
        DropReadAhead();
        await Inner.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            DropReadAhead();
            Inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private async Task<int> ReadInnerAsync() => await Inner.ReadAsync(_buffer, _cancellation.Token).ConfigureAwait(false);

    /// <summary>Waits for the read-ahead, and returns its bytes to the caller. The caller's token cancels it, like a read of the caller.</summary>
    private async ValueTask<int> ReturnReadAheadAsync(Task<int> readAhead, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(
            static stream => ((LookaheadStream)stream!).CancelReadAhead(), this);
        await using (registration.ConfigureAwait(false))
        {
            await ((Task)readAhead).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        try
        {
            return ReturnReadAhead(readAhead, buffer.Span);
        }
        catch (OperationCanceledException exception) when (exception.CancellationToken == _cancellation.Token)
        {
            // The caller finds its own token in the exception of a read that it has canceled.
            throw new TaskCanceledException(exception.Message, exception.InnerException, cancellationToken);
        }
    }

    /// <summary>Returns the bytes of the read-ahead, which has completed, or throws its failure. Later reads go to the body.</summary>
    private int ReturnReadAhead(Task<int> readAhead, Span<byte> destination)
    {
        if (destination.IsEmpty && readAhead.IsCompletedSuccessfully)
        {
            return 0; // A read into an empty buffer only waits for data.
        }

        _readAhead = null;
        _readAheadRest = _buffer.AsMemory(0, readAhead.GetAwaiter().GetResult());
        return ReadRest(destination);
    }

    private int ReadRest(Span<byte> destination)
    {
        int count = Math.Min(destination.Length, _readAheadRest.Length);
        _readAheadRest.Span[..count].CopyTo(destination);
        _readAheadRest = _readAheadRest[count..];
        return count;
    }

    // After disposal, reads go to the inner stream, which throws ObjectDisposedException.
    private void DropReadAhead()
    {
        CancelReadAhead();
        _readAhead = null;
        _readAheadRest = default;
    }

    /// <summary>Cancels the read-ahead, when the caller cancels its own read or disposes the body.</summary>
    /// <remarks>Disposing a body may read its rest, and two reads at a time break the connection.</remarks>
    private void CancelReadAhead()
    {
        if (_readAhead is not { } readAhead || readAhead.IsCompletedSuccessfully)
        {
            return; // Nothing is under way, and there is no failure to observe.
        }

        // Reading the exception marks it as observed.
        _ = readAhead.ContinueWith(
            static read => read.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        try
        {
            _cancellation.Cancel();
        }
        catch (AggregateException)
        {
            // A callback of the body has thrown. The read ends all the same, or the disposal ends it.
        }
    }
}
