namespace UsageCapture.Testing.Observation;

/// <summary>Passes a body through unchanged, and logs the bytes that the caller reads.</summary>
/// <remarks>
/// Only an <see cref="IOException"/> of the body is logged as a failure, because it says that the connection failed. Cancellation and disposal
/// come from the caller, and an exception of the callback says that the recording was not saved.
/// </remarks>
/// <param name="inner">The body. It is disposed with this instance.</param>
/// <param name="log">Receives each read.</param>
/// <param name="onFinished">
/// Called at the end of the body, after a failed read, and at disposal. Can be called more than once, and <see cref="ObservedContent"/> ignores
/// the later calls.
/// </param>
internal sealed class ObservedStream(Stream inner, BodyReadLog log, Action onFinished) : ForwardOnlyReadStream
{
    public override int Read(Span<byte> buffer)
    {
        int bytesRead;
        try
        {
            bytesRead = inner.Read(buffer);
        }
        catch (IOException exception)
        {
            OnFailure(exception);
            throw;
        }

        OnRead(buffer, bytesRead);
        return bytesRead;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int bytesRead;
        try
        {
            bytesRead = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException exception)
        {
            OnFailure(exception);
            throw;
        }

        OnRead(buffer.Span, bytesRead);
        return bytesRead;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
            onFinished();
        }

        base.Dispose(disposing);
    }

    private void OnRead(ReadOnlySpan<byte> buffer, int bytesRead)
    {
        if (bytesRead > 0)
        {
            log.RecordRead(buffer[..bytesRead]);
        }
        else if (!buffer.IsEmpty)
        {
            // Zero bytes mean the end. With an empty buffer, a read returns zero bytes before the end, too.
            onFinished();
        }
    }

    private void OnFailure(IOException exception)
    {
        log.RecordFailure(exception);
        onFinished();
    }
}
