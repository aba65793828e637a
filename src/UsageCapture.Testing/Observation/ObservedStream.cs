namespace UsageCapture.Testing.Observation;

/// <summary>Passes a body through unchanged, and logs what is read.</summary>
/// <param name="inner">The body. It is disposed with this instance.</param>
/// <param name="log">The log to write to.</param>
/// <param name="onEnd">Called at the end of the body, after a failed read, and at disposal. It can be called more than once.</param>
internal sealed class ObservedStream(Stream inner, BodyReadLog log, Action onEnd) : ForwardOnlyReadStream
{
    public override int Read(Span<byte> buffer)
    {
        try
        {
            int read = inner.Read(buffer);
            RecordRead(buffer, read);
            return read;
        }
        catch (IOException exception)
        {
            RecordFailure(exception);
            throw;
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            int read = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            RecordRead(buffer.Span, read);
            return read;
        }
        catch (IOException exception)
        {
            RecordFailure(exception);
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

    private void RecordRead(ReadOnlySpan<byte> buffer, int read)
    {
        if (read > 0)
        {
            log.RecordRead(buffer[..read]);
        }
        else if (!buffer.IsEmpty) // A read with an empty buffer returns 0 before the end, too.
        {
            onEnd();
        }
    }

    private void RecordFailure(IOException exception)
    {
        log.RecordFailure(exception);
        onEnd();
    }
}
