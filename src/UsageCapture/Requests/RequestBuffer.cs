namespace UsageCapture.Requests;

/// <summary>The stream that a content of unknown length writes its bytes to. It keeps the start, and passes the rest on while it is sent.</summary>
/// <remarks>
/// The content writes until it ends or the buffer is full. A write that does not fit waits until <see cref="WriteRestTo"/> is called. Then
/// it and all later writes go to the destination, so that a body of any length is sent in bounded memory.
/// </remarks>
/// <param name="maxLength">The most bytes to keep.</param>
internal sealed class RequestBuffer(int maxLength) : Stream
{
    /// <summary>The most bytes of a request body that are kept in memory: 256 MiB.</summary>
    /// <remarks>No provider accepts chat requests of this size. The body of a longer request is neither read for its model nor changed.</remarks>
    public const int MaxLength = 256 * 1024 * 1024;

    private readonly MemoryStream _start = new();
    private readonly TaskCompletionSource _full = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<(Stream Destination, CancellationToken Token)> _rest =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private volatile bool _isAborted;

    /// <summary>Gets a task that completes when a write did not fit.</summary>
    public Task Full => _full.Task;

    /// <summary>Gets the bytes that are kept. They do not change once the content has ended or the buffer is full.</summary>
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

    /// <summary>Lets the content write the rest of its bytes to a destination.</summary>
    public void WriteRestTo(Stream destination, CancellationToken cancellationToken) => _rest.TrySetResult((destination, cancellationToken));

    /// <summary>Makes the content's next write fail, also one that waits, because nothing is sent any more.</summary>
    public void Abort()
    {
        _isAborted = true;
        _rest.TrySetCanceled();
    }

    public override void Write(byte[] buffer, int offset, int count)
    {
        ValidateBufferArguments(buffer, offset, count);
        Write(buffer.AsSpan(offset, count));
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (TryKeep(buffer))
        {
            return;
        }

        (Stream destination, _) = _rest.Task.GetAwaiter().GetResult();
        ThrowIfAborted();
        destination.Write(buffer);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        ValidateBufferArguments(buffer, offset, count);
        return WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        TryKeep(buffer.Span) ? default : WriteRestAsync(buffer);

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    private bool TryKeep(ReadOnlySpan<byte> bytes)
    {
        ThrowIfAborted();
        if (_full.Task.IsCompleted || _start.Length + bytes.Length > maxLength)
        {
            _full.TrySetResult();
            return false;
        }

        _start.Write(bytes);
        return true;
    }

    private async ValueTask WriteRestAsync(ReadOnlyMemory<byte> bytes)
    {
        (Stream destination, CancellationToken cancellationToken) = await _rest.Task.ConfigureAwait(false);
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
