namespace UsageCapture.Requests;

/// <summary>The stream that a content of unknown length writes its bytes to. It keeps the start, and passes the rest on while it is sent.</summary>
/// <remarks>
/// The content writes until it ends or a write does not fit. Such a write waits until <see cref="SetRestDestination"/> or
/// <see cref="Abort"/> is called. After the first, it and all later writes go to the destination, so that a body of any length is sent in
/// bounded memory. After the second, they throw.
/// </remarks>
/// <param name="maxLength">The most bytes to keep, usually <see cref="MaxBodyLength"/>.</param>
/// <param name="mayBlock">
/// Whether the content has a thread of its own, which a synchronous write may block. If not, the thread is the one that sends the request
/// afterwards, and blocking it would never end. A synchronous write that does not fit is kept then.
/// </param>
internal sealed class RequestBuffer(int maxLength, bool mayBlock) : Stream
{
    /// <summary>The most bytes of a request body that are kept in memory: 256 MiB.</summary>
    /// <remarks>
    /// Larger than any chat request that providers accept, images included, so that each of these can be read, changed and sent again. The
    /// memory is taken only as the caller's content needs it. The body of a longer request is neither read for its model nor changed.
    /// </remarks>
    public const int MaxBodyLength = 256 * 1024 * 1024;

    private readonly MemoryStream _start = new();
    private readonly TaskCompletionSource _overflowed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<(Stream Destination, CancellationToken Token)> _restDestination =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private volatile bool _isAborted;

    /// <summary>Gets a task that completes when a write did not fit.</summary>
    public Task Overflowed => _overflowed.Task;

    /// <summary>Gets the bytes that are kept. They do not change once the content has ended or a write did not fit.</summary>
    public ReadOnlyMemory<byte> Start => _start.GetBuffer().AsMemory(0, (int)_start.Length);

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Sets the stream to which the content writes the rest of its bytes. Returns at once.</summary>
    public void SetRestDestination(Stream destination, CancellationToken cancellationToken) => _restDestination.TrySetResult((destination, cancellationToken));

    /// <summary>Makes the content's next write fail, also one that waits, because nothing is sent any more.</summary>
    public void Abort()
    {
        _isAborted = true;
        _restDestination.TrySetCanceled();
    }

    public override void Write(byte[] buffer, int offset, int count)
    {
        ValidateBufferArguments(buffer, offset, count);
        Write(buffer.AsSpan(offset, count));
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        // After another write has overflowed, the request is being sent, so that waiting ends in any case.
        int limit = mayBlock || _overflowed.Task.IsCompleted ? maxLength : int.MaxValue;
        if (TryKeep(buffer, limit))
        {
            return;
        }

        // Blocks until the request is sent or given up. OutgoingBody gives a content that writes synchronously a thread of its own.
        (Stream destination, _) = _restDestination.Task.GetAwaiter().GetResult();
        ThrowIfAborted();
        destination.Write(buffer);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        ValidateBufferArguments(buffer, offset, count);
        return WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        TryKeep(buffer.Span, maxLength) ? default : WriteRestAsync(buffer);

    // The transport flushes when it has sent the whole body, so a flush of the content can be ignored.
    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    private bool TryKeep(ReadOnlySpan<byte> bytes, int limit)
    {
        ThrowIfAborted();
        if (_overflowed.Task.IsCompleted || _start.Length + bytes.Length > limit)
        {
            _overflowed.TrySetResult();
            return false;
        }

        _start.Write(bytes);
        return true;
    }

    private async ValueTask WriteRestAsync(ReadOnlyMemory<byte> bytes)
    {
        (Stream destination, CancellationToken cancellationToken) = await _restDestination.Task.ConfigureAwait(false);
        ThrowIfAborted();
        await destination.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
    }

    private void ThrowIfAborted()
    {
        if (_isAborted)
        {
            throw new OperationCanceledException("The request is not sent any more.");
        }
    }
}
