namespace UsageCapture.Testing.Traffic;

/// <summary>A stream that is passed on as it is and noted as it is read.</summary>
internal sealed class WatchedStream(Stream inner, ReadLog log, Action onEnd) : ForwardStream
{
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
