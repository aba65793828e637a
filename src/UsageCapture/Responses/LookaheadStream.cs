namespace UsageCapture.Responses;

/// <summary>A body of which one read may begin before the caller asks for it. The caller's next read gets the result of that read.</summary>
/// <remarks>
/// <see cref="UsageHold"/> reads ahead to find usage after the end of a response. It calls <see cref="StartAsync"/>, or
/// <see cref="PrepareRead"/> on a thread of its own, and then <see cref="TakeBytes"/> when the read has returned bytes in time.
/// Without <see cref="TakeBytes"/>, the result of the started read is kept for the caller. The caller gets the bytes, the failure or the end
/// of the body as from a read of its own.
/// </remarks>
/// <param name="inner">The body.</param>
internal sealed class LookaheadStream(Stream inner) : ForwardOnlyStream(inner)
{
    // What follows the end of a response is one or two events.
    private const int BufferSize = 4 * 1024;

    private readonly byte[] _buffer = new byte[BufferSize];
#pragma warning disable CA2213 // Without a timer, the source needs no disposal, and a callback of the caller's token may come late.
    private readonly CancellationTokenSource _cancellation = new();
#pragma warning restore CA2213
    private Task<int>? _started; // The read that has begun before the caller asked; null when there is none.

    // Bytes of the started read that did not fit into the caller's buffer.
    private ReadOnlyMemory<byte> _rest;

    /// <summary>Starts an asynchronous read.</summary>
    /// <returns>A task with the number of bytes. A failure of the read is in the task: this method does not throw.</returns>
    public Task<int> StartAsync() => _started = ReadAheadAsync();

    /// <summary>Prepares a synchronous read.</summary>
    /// <returns>The read, which the current thread executes with <see cref="Task.RunSynchronously()"/>. It may block for long.</returns>
    public Task<int> PrepareRead()
    {
        var reading = new Task<int>(() => Inner.Read(_buffer));
        _started = reading;
        return reading;
    }

    /// <summary>Gets the bytes of the started read, which has succeeded. Valid until the next one starts.</summary>
    public ReadOnlyMemory<byte> TakeBytes()
    {
        int length = _started!.GetAwaiter().GetResult();
        _started = null;
        return _buffer.AsMemory(0, length);
    }

    public override int Read(Span<byte> buffer)
    {
        if (_rest.IsEmpty && _started is { } started)
        {
            ((IAsyncResult)started).AsyncWaitHandle.WaitOne(); // Waits without throwing.
            return ReadStarted(started, buffer);
        }

        return _rest.IsEmpty ? Inner.Read(buffer) : ReadRest(buffer);
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_rest.IsEmpty && _started is null)
        {
            return Inner.ReadAsync(buffer, cancellationToken);
        }

        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<int>(cancellationToken);
        }

        return _rest.IsEmpty ? ReadStartedAsync(_started!, buffer, cancellationToken) : ValueTask.FromResult(ReadRest(buffer.Span));
    }

    public override async ValueTask DisposeAsync()
    {
        DropStarted();
        await Inner.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            DropStarted();
            Inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private async Task<int> ReadAheadAsync() => await Inner.ReadAsync(_buffer, _cancellation.Token).ConfigureAwait(false);

    /// <summary>Waits for the started read. The caller's token cancels it, as it cancels a read of the caller.</summary>
    private async ValueTask<int> ReadStartedAsync(Task<int> started, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(
            static stream => ((LookaheadStream)stream!).CancelStarted(), this);
        await using (registration.ConfigureAwait(false))
        {
            await ((Task)started).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        try
        {
            return ReadStarted(started, buffer.Span);
        }
        catch (OperationCanceledException exception) when (exception.CancellationToken == _cancellation.Token)
        {
            throw new TaskCanceledException(exception.Message, exception.InnerException, cancellationToken);
        }
    }

    private int ReadStarted(Task<int> started, Span<byte> destination)
    {
        if (destination.IsEmpty && started.IsCompletedSuccessfully)
        {
            return 0; // A read into an empty buffer only waits for data.
        }

        _started = null;
        _rest = _buffer.AsMemory(0, started.GetAwaiter().GetResult());
        return ReadRest(destination);
    }

    private int ReadRest(Span<byte> destination)
    {
        int count = Math.Min(destination.Length, _rest.Length);
        _rest.Span[..count].CopyTo(destination);
        _rest = _rest[count..];
        return count;
    }

    // After disposal, reads go to the inner stream, which throws ObjectDisposedException.
    private void DropStarted()
    {
        CancelStarted();
        _started = null;
        _rest = default;
    }

    /// <summary>Cancels the read that is under way, when the caller cancels its own read or disposes the body.</summary>
    /// <remarks>Disposing a body may read its rest, and two reads at a time break the connection.</remarks>
    private void CancelStarted()
    {
        if (_started is not { } started || started.IsCompletedSuccessfully)
        {
            return; // Nothing is under way, and there is no failure to observe.
        }

        // Reading the exception marks it as observed.
        _ = started.ContinueWith(
            static reading => reading.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
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
