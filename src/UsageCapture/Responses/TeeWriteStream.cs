using UsageCapture.Exchanges;
using UsageCapture.Requests;

namespace UsageCapture.Responses;

/// <summary>Passes what is copied out of a response on to its destination and shows each byte to a capture.</summary>
/// <param name="destination">Where the copy goes.</param>
/// <param name="capture">Who looks at the bytes.</param>
/// <param name="filter">What takes out the event that the caller did not ask for; null where everything is passed on unchanged.</param>
/// <remarks>As with <see cref="TeeStream"/>, the bytes that end the protocol follow only once the record is published.</remarks>
internal sealed class TeeWriteStream(Stream destination, ExchangeRecorder capture, InjectedEventFilter? filter) : Stream
{
    // Stays so where the destination fails, which is then to be left alone.
    private bool _isWriting;

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
        int end = Observe(buffer, out Task publishing, out ReadOnlyMemory<byte> later);
        _isWriting = true;
        if (end > 0)
        {
            destination.Write(buffer[..end]);
        }

        publishing.GetAwaiter().GetResult();
        ReadOnlySpan<byte> rest = filter is null ? buffer[end..] : later.Span;
        if (!rest.IsEmpty)
        {
            destination.Write(rest);
        }

        _isWriting = false;
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        ValidateBufferArguments(buffer, offset, count);
        return WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int end = Observe(buffer.Span, out Task publishing, out ReadOnlyMemory<byte> later);
        return filter is null && end == buffer.Length && publishing.IsCompleted
            ? destination.WriteAsync(buffer, cancellationToken)
            : WriteAroundPublishingAsync(buffer[..end], filter is null ? buffer[end..] : later, publishing, cancellationToken);
    }

    /// <summary>Takes the end of the body.</summary>
    /// <returns>What was held back, and is to be written after all.</returns>
    public ReadOnlyMemory<byte> Complete() => filter?.Complete() ?? default;

    /// <summary>Takes the fault that ends the body.</summary>
    /// <returns>What was held back, and is to be written before the caller sees the fault; nothing where it is the destination's.</returns>
    public ReadOnlyMemory<byte> Release() => _isWriting ? default : filter?.Release() ?? default;

    public override void Flush() => destination.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken) => destination.FlushAsync(cancellationToken);

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    private async ValueTask WriteAroundPublishingAsync(
        ReadOnlyMemory<byte> before, ReadOnlyMemory<byte> later, Task publishing, CancellationToken cancellationToken)
    {
        _isWriting = true;
        if (!before.IsEmpty)
        {
            await destination.WriteAsync(before, cancellationToken).ConfigureAwait(false);
        }

        if (!publishing.IsCompleted)
        {
            await destination.FlushAsync(cancellationToken).ConfigureAwait(false);
            await publishing.WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        if (!later.IsEmpty)
        {
            await destination.WriteAsync(later, cancellationToken).ConfigureAwait(false);
        }

        _isWriting = false;
    }

    /// <summary>Shows what is written to the capture.</summary>
    /// <returns>How many of the bytes are to be written before the record is published.</returns>
    private int Observe(ReadOnlySpan<byte> bytes, out Task publishing, out ReadOnlyMemory<byte> later)
    {
        later = default;
        int end = capture.Observe(bytes, out publishing);
        end = publishing.IsCompleted ? bytes.Length : end;
        return filter?.Take(bytes, end, capture.FinishedAt, out later) ?? end;
    }
}
