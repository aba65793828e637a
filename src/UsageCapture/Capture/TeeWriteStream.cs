namespace UsageCapture.Capture;

/// <summary>Passes what is copied out of a response on to its destination and shows each byte to a capture.</summary>
/// <remarks>As with <see cref="TeeStream"/>, the bytes that end the protocol follow only once the record is published.</remarks>
internal sealed class TeeWriteStream(Stream destination, ExchangeCapture capture) : Stream
{
    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(byte[] buffer, int offset, int count)
    {
        ValidateBufferArguments(buffer, offset, count);
        Write(buffer.AsSpan(offset, count));
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        int end = capture.Observe(buffer, out Task publishing);
        if (publishing.IsCompleted)
        {
            destination.Write(buffer);
            return;
        }

        destination.Write(buffer[..end]);
        publishing.GetAwaiter().GetResult();
        destination.Write(buffer[end..]);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        ValidateBufferArguments(buffer, offset, count);
        return WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int end = capture.Observe(buffer.Span, out Task publishing);
        return publishing.IsCompleted
            ? destination.WriteAsync(buffer, cancellationToken)
            : WriteAroundPublishingAsync(buffer, end, publishing, cancellationToken);
    }

    public override void Flush() => destination.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken) => destination.FlushAsync(cancellationToken);

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    private async ValueTask WriteAroundPublishingAsync(
        ReadOnlyMemory<byte> buffer, int end, Task publishing, CancellationToken cancellationToken)
    {
        await destination.WriteAsync(buffer[..end], cancellationToken).ConfigureAwait(false);
        await destination.FlushAsync(cancellationToken).ConfigureAwait(false);
        await publishing.WaitAsync(cancellationToken).ConfigureAwait(false);
        await destination.WriteAsync(buffer[end..], cancellationToken).ConfigureAwait(false);
    }
}
