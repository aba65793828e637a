namespace UsageCapture.Testing.Traffic;

/// <summary>A stream that is passed on as it is and noted as it is read.</summary>
internal sealed class WatchedStream(Stream inner, ReadLog log, Action onEnd) : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        try
        {
            int read = inner.Read(buffer);
            Note(buffer, read);
            return read;
        }
        catch (IOException exception)
        {
            Break(exception);
            throw;
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            int read = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            Note(buffer.Span, read);
            return read;
        }
        catch (IOException exception)
        {
            Break(exception);
            throw;
        }
    }

    public override void Flush()
    {
    }

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
            onEnd();
        }

        base.Dispose(disposing);
    }

    private void Note(ReadOnlySpan<byte> buffer, int read)
    {
        if (read > 0)
        {
            log.Read(buffer[..read]);
        }
        else if (!buffer.IsEmpty) // A read of nothing gives nothing, and is not the end.
        {
            onEnd();
        }
    }

    private void Break(IOException exception)
    {
        log.Break(exception);
        onEnd();
    }
}
