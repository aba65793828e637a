using UsageCapture.Exchanges;
using UsageCapture.Requests;

namespace UsageCapture.Responses;

/// <summary>Passes what is copied out of a response to its destination, and shows each byte to the recorder.</summary>
/// <param name="destination">The destination of the copy. The caller disposes of it.</param>
/// <param name="recorder">Records the exchange.</param>
/// <param name="cancellation">The cancellation of the copy; null for a synchronous copy.</param>
/// <param name="filter">Removes the usage event that the handler requested and the caller did not; null when every byte is passed on.</param>
/// <remarks>As in <see cref="TeeStream"/>, the bytes that complete the response are written once the record is published.</remarks>
internal sealed class TeeWriteStream(
    Stream destination, ExchangeRecorder recorder, CopyCancellation? cancellation, InjectedEventFilter? filter) : Stream
{
    // True during a write. A failed write leaves it true, so that Release returns no more bytes for the destination.
    private bool _isWriting;

    // A synchronous copy has waited for the sinks as long as it may. It does not wait again.
    private bool _hasWaited;

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
        Observation observation = Observe(buffer);
        _isWriting = true;
        if (filter is null)
        {
            WriteIfAny(buffer[..observation.BeforeEndLength]);
            WaitForSinks(observation.Publishing);
            WriteIfAny(buffer[observation.BeforeEndLength..]);
        }
        else
        {
            FilteredPiece piece = Filter(filter, buffer, observation);
            WriteIfAny(buffer[..piece.UnchangedLength]);
            WaitForSinks(observation.Publishing);
            WriteIfAny(piece.Rest.Span);
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
        Observation observation = Observe(buffer.Span);
        if (filter is not null)
        {
            FilteredPiece piece = Filter(filter, buffer.Span, observation);
            return WriteAroundPublishingAsync(buffer[..piece.UnchangedLength], piece.Rest, observation.Publishing, cancellationToken);
        }

        // Without a filter, no bytes are held and Release returns none. So this path does not set _isWriting.
        return observation.BeforeEndLength == buffer.Length && observation.Publishing.IsCompleted
            ? destination.WriteAsync(buffer, cancellationToken)
            : WriteAroundPublishingAsync(
                buffer[..observation.BeforeEndLength], buffer[observation.BeforeEndLength..], observation.Publishing, cancellationToken);
    }

    /// <summary>Ends the exchange at the end of the body.</summary>
    /// <returns>The bytes that the filter held, and the publishing of the record. The caller writes the bytes when the publishing is complete.</returns>
    public (ReadOnlyMemory<byte> Held, Task Publishing) Complete()
    {
        Observation observation = recorder.Complete();
        return (filter?.Complete(observation.Events) ?? default, observation.Publishing);
    }

    /// <summary>Gets the bytes that the filter held when the body broke. The caller of this method writes them before it throws the failure.</summary>
    /// <returns>Empty when the destination failed.</returns>
    public ReadOnlyMemory<byte> Release() => _isWriting || filter is null ? default : filter.Release();

    /// <summary>Waits synchronously until the sinks have the record, once and no longer than publishing may take.</summary>
    public void WaitForSinks(Task publishing)
    {
        if (!publishing.IsCompleted && !_hasWaited)
        {
            _hasWaited = true;
            PublishingWait.Wait(publishing, recorder.PublishTimeout);
        }
    }

    public override void Flush() => destination.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken) => destination.FlushAsync(cancellationToken);

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    private static FilteredPiece Filter(InjectedEventFilter filter, ReadOnlySpan<byte> bytes, Observation observation) =>
        filter.Apply(bytes, observation.BeforeEndLength, observation.Events, observation.HasEnded);

    private Observation Observe(ReadOnlySpan<byte> bytes)
    {
        Observation observation = recorder.Observe(bytes);

        // Without a publishing to wait for, the piece is not divided.
        return observation.Publishing.IsCompleted ? observation with { BeforeEndLength = bytes.Length } : observation;
    }

    private void WriteIfAny(ReadOnlySpan<byte> bytes)
    {
        if (!bytes.IsEmpty)
        {
            destination.Write(bytes);
        }
    }

    private async ValueTask WriteAroundPublishingAsync(
        ReadOnlyMemory<byte> before, ReadOnlyMemory<byte> rest, Task publishing, CancellationToken cancellationToken)
    {
        _isWriting = true;

        // An empty write could fail with a token that was canceled after the last byte. So empty writes are left out.
        if (!before.IsEmpty)
        {
            await destination.WriteAsync(before, cancellationToken).ConfigureAwait(false);
        }

        if (!publishing.IsCompleted)
        {
            // The wait may be long. The flush lets the reader of the destination have the earlier bytes during the wait.
            await destination.FlushAsync(cancellationToken).ConfigureAwait(false);
            await cancellation!.WaitAsync(publishing).ConfigureAwait(false);
        }

        if (!rest.IsEmpty)
        {
            await destination.WriteAsync(rest, cancellationToken).ConfigureAwait(false);
        }

        _isWriting = false;
    }
}
