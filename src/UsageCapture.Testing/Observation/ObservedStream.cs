namespace UsageCapture.Testing.Observation;

/// <summary>Passes a body through unchanged, and logs the bytes that the caller reads.</summary>
/// <remarks>
/// Only an <see cref="IOException"/> is logged as a failure, because it says that the connection failed. Cancellation and disposal come from
/// the caller.
/// </remarks>
/// <param name="inner">The body. It is disposed with this instance.</param>
/// <param name="log">Receives each read.</param>
/// <param name="onEnd">Called at the end of the body, after a failed read, and at disposal. It can be called more than once.</param>
internal sealed class ObservedStream(Stream inner, BodyReadLog log, Action onEnd) : ForwardOnlyReadStream
{
    public override int Read(Span<byte> buffer)
    {
        try
        {
            int bytesRead = inner.Read(buffer);
            RecordRead(buffer, bytesRead);
            return bytesRead;
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
            int bytesRead = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            RecordRead(buffer.Span, bytesRead);
            return bytesRead;
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

    private void RecordRead(ReadOnlySpan<byte> buffer, int bytesRead)
    {
        if (bytesRead > 0)
        {
            log.RecordRead(buffer[..bytesRead]);
        }
        else if (!buffer.IsEmpty)
        {
            // Zero bytes mean the end. With an empty buffer, a read returns zero bytes before the end, too.
            onEnd();
        }
    }

    private void RecordFailure(IOException exception)
    {
        log.RecordFailure(exception);
        onEnd();
    }
}
