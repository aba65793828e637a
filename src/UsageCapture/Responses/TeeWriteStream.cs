using UsageCapture.Exchanges;
using UsageCapture.Requests;

namespace UsageCapture.Responses;

/// <summary>Passes what is copied out of a response to its destination, and shows each byte to the recorder.</summary>
/// <param name="destination">The destination of the copy. The caller disposes it.</param>
/// <param name="recorder">Records the exchange.</param>
/// <param name="cancellation">The cancellation of the copy; null for a synchronous copy.</param>
/// <param name="filter">Removes the usage event that the handler requested and the caller did not; null when every byte is passed on.</param>
/// <remarks>
/// <para>As in <see cref="TeeStream"/>, the bytes that complete the response are written only after the record is published.</para>
/// <para>
/// <see cref="TeeContent"/> creates it for one copy. The response's content calls <see cref="Write(ReadOnlySpan{byte})"/> or
/// <see cref="WriteAsync(ReadOnlyMemory{byte}, CancellationToken)"/> for each piece. Then <see cref="TeeContent"/> calls
/// <see cref="Complete()"/> or <see cref="CompleteAsync"/> at the end of the body, and <see cref="Release()"/> or
/// <see cref="ReleaseAsync"/> when the copy has failed.
/// </para>
/// </remarks>
internal sealed class TeeWriteStream(
    Stream destination, ExchangeRecorder recorder, CopyCancellation? cancellation, InjectedEventFilter? filter) : Stream
{
    // Holds the end of the response while its usage may follow; null otherwise.
    private CopyHold? _hold;

    // True during a write. A failed write leaves the field true, so that Release returns no more bytes for the destination.
    private bool _isWritingOrFailed;

    // A synchronous copy has waited for the sinks as long as a copy may wait. It does not wait again.
    private bool _hasWaitedForSinks;

    /// <summary>Gets whether the end of the response is held back, because its usage may follow.</summary>
    public bool IsHolding => _hold is not null;

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
        _isWritingOrFailed = true;
        if (_hold is { } hold)
        {
            if (hold.StopTimerOrWaitForRelease())
            {
                (ReadOnlyMemory<byte> bytes, Task publishing) = AddToHold(hold, buffer);
                WaitForSinks(publishing);
                WriteIfAny(bytes.Span);
                _isWritingOrFailed = false;
                return;
            }

            _hold = null; // The time was over and the exchange has ended, so nothing is held again.
        }

        ReleaseDecision decision = recorder.Observe(buffer);
        if (decision.AwaitsUsage)
        {
            int length = BeginHold(buffer, decision);
            WriteIfAny(buffer[..length]);
            _hold!.StartTimer();
        }
        else if (filter is null)
        {
            WriteIfAny(buffer[..decision.ReleasableLength]);
            WaitForSinks(decision.Publishing);
            WriteIfAny(buffer[decision.ReleasableLength..]);
        }
        else
        {
            FilteredPiece piece = Filter(filter, buffer, decision);
            WriteIfAny(buffer[..piece.UnchangedLength]);
            WaitForSinks(decision.Publishing);
            WriteIfAny(piece.Rest.Span);
        }

        _isWritingOrFailed = false;
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        ValidateBufferArguments(buffer, offset, count);
        return WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_hold is { } hold)
        {
            return WriteWhileHoldingAsync(hold, buffer, cancellationToken);
        }

        ReleaseDecision decision = recorder.Observe(buffer.Span);
        if (decision.AwaitsUsage)
        {
            int length = BeginHold(buffer.Span, decision);
            return WriteAndStartTimerAsync(buffer[..length], cancellationToken);
        }

        if (filter is not null)
        {
            FilteredPiece piece = Filter(filter, buffer.Span, decision);
            return WriteAroundPublishingAsync(buffer[..piece.UnchangedLength], piece.Rest, decision.Publishing, cancellationToken);
        }

        // Without a filter, no bytes are held and Release returns none. So this path does not set _isWritingOrFailed.
        return decision.ReleasableLength == buffer.Length && decision.Publishing.IsCompleted
            ? destination.WriteAsync(buffer, cancellationToken)
            : WriteAroundPublishingAsync(
                buffer[..decision.ReleasableLength], buffer[decision.ReleasableLength..], decision.Publishing, cancellationToken);
    }

    /// <summary>Ends the exchange at the end of the body, which an asynchronous copy has reached.</summary>
    /// <returns>The bytes that were held, and the publishing of the record. The caller writes the bytes when the publishing is complete.</returns>
    /// <exception cref="IOException">Writing held bytes has failed, or another exception of the destination.</exception>
    public async ValueTask<(ReadOnlyMemory<byte> Held, Task Publishing)> CompleteAsync()
    {
        _isWritingOrFailed = true;
        bool isHeld = _hold is not null && await _hold.StopTimerOrWaitForReleaseAsync().ConfigureAwait(false);
        return CompleteAfterHold(isHeld);
    }

    /// <summary>As <see cref="CompleteAsync"/>, for a synchronous copy.</summary>
    public (ReadOnlyMemory<byte> Held, Task Publishing) Complete()
    {
        _isWritingOrFailed = true;
        return CompleteAfterHold(isHeld: _hold is not null && _hold.StopTimerOrWaitForRelease());
    }

    /// <summary>Gets the bytes that were held when an asynchronous copy broke. The caller of this method writes them before it throws the failure.</summary>
    /// <returns>Empty when the destination failed.</returns>
    public async ValueTask<ReadOnlyMemory<byte>> ReleaseAsync()
    {
        try
        {
            return ReleaseAfterHold(isHeld: _hold is not null && await _hold.StopTimerOrWaitForReleaseAsync().ConfigureAwait(false));
        }
#pragma warning disable CA1031 // Writing held bytes has failed. The caller of this method throws another failure.
        catch (Exception)
#pragma warning restore CA1031
        {
            return default;
        }
    }

    /// <summary>As <see cref="ReleaseAsync"/>, for a synchronous copy.</summary>
    public ReadOnlyMemory<byte> Release()
    {
        try
        {
            return ReleaseAfterHold(isHeld: _hold is not null && _hold.StopTimerOrWaitForRelease());
        }
#pragma warning disable CA1031 // Writing held bytes has failed. The caller of this method throws another failure.
        catch (Exception)
#pragma warning restore CA1031
        {
            return default;
        }
    }

    /// <summary>Waits synchronously until the sinks have the record, no longer than publishing may take. Later calls do not wait.</summary>
    public void WaitForSinks(Task publishing)
    {
        if (!publishing.IsCompleted && !_hasWaitedForSinks)
        {
            _hasWaitedForSinks = true;
            PublishingWait.Wait(publishing, recorder.PublishTimeout);
        }
    }

    public override void Flush() => destination.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken) => destination.FlushAsync(cancellationToken);

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    private static FilteredPiece Filter(InjectedEventFilter filter, ReadOnlySpan<byte> bytes, ReleaseDecision decision) =>
        filter.Apply(bytes, decision.ReleasableLength, decision.Events, decision.HasEnded);

    /// <summary>Ends the exchange, and gets the bytes that are held, by the hold or by the filter.</summary>
    /// <param name="isHeld">Whether there is a hold that has not written its bytes. Its timer was stopped.</param>
    private (ReadOnlyMemory<byte> Held, Task Publishing) CompleteAfterHold(bool isHeld)
    {
        ReleaseDecision decision = recorder.Complete();
        ReadOnlyMemory<byte> bytes = Join(isHeld ? _hold!.Bytes : default, filter?.Complete(decision.Events) ?? default);
        _hold = null;
        _isWritingOrFailed = false;
        return (bytes, decision.Publishing);
    }

    /// <summary>Gets the bytes that are held, by the hold or by the filter; empty when the destination failed.</summary>
    private ReadOnlyMemory<byte> ReleaseAfterHold(bool isHeld)
    {
        ReadOnlyMemory<byte> held = isHeld ? _hold!.Bytes : default;
        _hold = null;
        return _isWritingOrFailed ? default : Join(held, filter?.Release() ?? default);
    }

    private static ReadOnlyMemory<byte> Join(ReadOnlyMemory<byte> first, ReadOnlyMemory<byte> second) =>
        first.IsEmpty ? second : second.IsEmpty ? first : (byte[])[.. first.Span, .. second.Span];

    /// <summary>Begins to hold the end of the response.</summary>
    /// <returns>The number of bytes at the front of the piece that are not held. The caller of this method writes them at once.</returns>
    private int BeginHold(ReadOnlySpan<byte> bytes, ReleaseDecision decision)
    {
        _hold = new CopyHold(destination, recorder, cancellation);
        if (filter is null)
        {
            _hold.Add(bytes[decision.ReleasableLength..]);
            return decision.ReleasableLength;
        }

        FilteredPiece piece = Filter(filter, bytes, decision);
        _hold.Add(piece.Rest.Span);
        return piece.UnchangedLength;
    }

    /// <summary>Adds a piece that follows the end of the response to the held bytes.</summary>
    /// <remarks>The hold ends when the piece has the usage, or when too many bytes are held.</remarks>
    /// <returns>When the hold has ended, all held bytes and the publishing of the record; otherwise no bytes.</returns>
    private (ReadOnlyMemory<byte> Bytes, Task Publishing) AddToHold(CopyHold hold, ReadOnlySpan<byte> bytes)
    {
        ReleaseDecision decision = recorder.Observe(bytes);
        if (filter is null)
        {
            hold.Add(bytes);
        }
        else
        {
            FilteredPiece piece = Filter(filter, bytes, decision);
            hold.Add(bytes[..piece.UnchangedLength]);
            hold.Add(piece.Rest.Span);
        }

        if (!decision.HasEnded && !hold.IsFull)
        {
            hold.StartTimer();
            return (default, Task.CompletedTask);
        }

        _hold = null;
        return (hold.Bytes, recorder.EndWithoutUsage()); // It has no effect when the usage has ended the exchange.
    }

    /// <summary>Writes the bytes that are not held, and then starts the timer of the hold.</summary>
    private async ValueTask WriteAndStartTimerAsync(ReadOnlyMemory<byte> before, CancellationToken cancellationToken)
    {
        _isWritingOrFailed = true;
        if (!before.IsEmpty)
        {
            await destination.WriteAsync(before, cancellationToken).ConfigureAwait(false);
        }

        _hold!.StartTimer();
        _isWritingOrFailed = false;
    }

    /// <summary>Writes or holds a piece that comes while the end of the response is held.</summary>
    private async ValueTask WriteWhileHoldingAsync(CopyHold hold, ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
    {
        _isWritingOrFailed = true;
        if (await hold.StopTimerOrWaitForReleaseAsync().ConfigureAwait(false))
        {
            (ReadOnlyMemory<byte> bytes, Task publishing) = AddToHold(hold, buffer.Span);
            await WriteAroundPublishingAsync(default, bytes, publishing, cancellationToken).ConfigureAwait(false);
            return;
        }

        _hold = null; // The time was over and the exchange has ended, so nothing is held again.
        _isWritingOrFailed = false;
        await WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
    }

    private void WriteIfAny(ReadOnlySpan<byte> bytes)
    {
        if (!bytes.IsEmpty)
        {
            destination.Write(bytes);
        }
    }

    /// <summary>Writes bytes, waits for the sinks, and writes the bytes that complete the response.</summary>
    private async ValueTask WriteAroundPublishingAsync(
        ReadOnlyMemory<byte> before, ReadOnlyMemory<byte> rest, Task publishing, CancellationToken cancellationToken)
    {
        _isWritingOrFailed = true;

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

        _isWritingOrFailed = false;
    }
}
