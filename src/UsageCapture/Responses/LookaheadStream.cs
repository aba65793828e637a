namespace UsageCapture.Responses;

/// <summary>A body that can be read ahead of its caller, one read at a time. A result that is not taken is given to the caller's next read.</summary>
/// <remarks>
/// <see cref="UsageHold"/> reads ahead to find usage after the end of a response:
/// <code>
/// 1. StartReadAsync, or PrepareRead for a thread of its own     one read of the body begins
/// 2. TakeBytes, when the read has returned in time              the bytes belong to the UsageHold; go on with 1
///    otherwise                                                  the caller's next read gets the bytes, the failure or the end of the body
/// </code>
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

    // The read that began ahead and whose result was not taken yet; null when there is none.
    private Task<int>? _readAhead;

    // Bytes of such a read that belong to the caller and did not fit into its buffer.
    private ReadOnlyMemory<byte> _rest;

    /// <summary>Starts an asynchronous read.</summary>
    /// <returns>A task with the number of bytes. A failure of the read is in the task: this method does not throw.</returns>
    public Task<int> StartReadAsync() => _readAhead = ReadInnerAsync();

    /// <summary>Prepares a synchronous read.</summary>
    /// <returns>The read, which the current thread executes with <see cref="Task.RunSynchronously()"/>. It may block for long.</returns>
    public Task<int> PrepareRead()
    {
        var reading = new Task<int>(() => Inner.Read(_buffer));
        _readAhead = reading;
        return reading;
    }

    /// <summary>Takes the bytes of the read that was started, which has succeeded. They are valid until the next read starts.</summary>
    public ReadOnlyMemory<byte> TakeBytes()
    {
        int length = _readAhead!.GetAwaiter().GetResult();
        _readAhead = null;
        return _buffer.AsMemory(0, length);
    }

    public override int Read(Span<byte> buffer)
    {
        if (_rest.IsEmpty && _readAhead is { } started)
        {
            ((IAsyncResult)started).AsyncWaitHandle.WaitOne(); // Waits without throwing.
            return CompleteReadAhead(started, buffer);
        }

        return _rest.IsEmpty ? Inner.Read(buffer) : ReadRest(buffer);
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_rest.IsEmpty && _readAhead is null)
        {
            return Inner.ReadAsync(buffer, cancellationToken);
        }

        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<int>(cancellationToken);
        }

        return _rest.IsEmpty ? CompleteReadAheadAsync(_readAhead!, buffer, cancellationToken) : ValueTask.FromResult(ReadRest(buffer.Span));
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

    /// <summary>Waits for the read that was started ahead. The caller's token cancels it, as it cancels a read of the caller.</summary>
    private async ValueTask<int> CompleteReadAheadAsync(Task<int> started, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(
            static stream => ((LookaheadStream)stream!).CancelReadAhead(), this);
        await using (registration.ConfigureAwait(false))
        {
            await ((Task)started).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        try
        {
            return CompleteReadAhead(started, buffer.Span);
        }
        catch (OperationCanceledException exception) when (exception.CancellationToken == _cancellation.Token)
        {
            throw new TaskCanceledException(exception.Message, exception.InnerException, cancellationToken);
        }
    }

    private int CompleteReadAhead(Task<int> started, Span<byte> destination)
    {
        if (destination.IsEmpty && started.IsCompletedSuccessfully)
        {
            return 0; // A read into an empty buffer only waits for data.
        }

        _readAhead = null;
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
    private void DropReadAhead()
    {
        CancelReadAhead();
        _readAhead = null;
        _rest = default;
    }

    /// <summary>Cancels the read that is under way, when the caller cancels its own read or disposes the body.</summary>
    /// <remarks>Disposing a body may read its rest, and two reads at a time break the connection.</remarks>
    private void CancelReadAhead()
    {
        if (_readAhead is not { } started || started.IsCompletedSuccessfully)
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
