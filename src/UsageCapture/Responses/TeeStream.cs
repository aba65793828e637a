using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

using UsageCapture.Exchanges;
using UsageCapture.Requests;

namespace UsageCapture.Responses;

/// <summary>Passes the body of a response through, and shows each byte that is read to the recorder.</summary>
/// <param name="inner">The body's stream.</param>
/// <param name="recorder">Records the exchange.</param>
/// <param name="filter">Removes the event that only the handler asked for; null when every byte is passed on.</param>
/// <remarks>
/// <para>
/// The bytes that complete the response are held until the inline sinks have the record, or their time is over. The bytes before them are
/// returned first. Each read is one read of the inner stream, so nothing is read ahead, except by a <see cref="UsageHold"/>.
/// </para>
/// <code>
/// state    | fields                     | the next read                                       | disposal
/// Open     | nothing held               | reads the body                                      | Draining when usage may come; otherwise Disposed
/// Open     | _heldBytes, _publishing    | waits for the sinks, then returns the held bytes    | as above
/// Open     | _usageHold                 | reads ahead for the usage, then as the row above    | as above
/// Open     | _heldBytes, _deferredFault | returns the held bytes; the read after them throws  | as above
/// Draining |                            | throws ObjectDisposedException                      | no effect
/// Disposed |                            | goes to the inner stream, which throws              | disposes the inner stream again
/// </code>
/// </remarks>
internal sealed class TeeStream(Stream inner, ExchangeRecorder recorder, InjectedEventFilter? filter) : ForwardOnlyStream(inner)
{
    // Bytes that were read. They are returned next, when _publishing has completed.
    private ReadOnlyMemory<byte> _heldBytes;
    private Task _publishing = Task.CompletedTask;

    // Holds the end of the response and reads ahead, while the usage may still follow; null otherwise.
    private UsageHold? _usageHold;

    // The stream that is read: the inner stream, or a LookaheadStream around it since a usage hold has begun.
    private Stream _body = inner;

    // A failure of the body that the caller sees after the held bytes.
    private ExceptionDispatchInfo? _deferredFault;

    private EndCancellation _endCancellation;

    // A synchronous read has waited for the sinks as long as a read may wait. Later reads do not wait again.
    private bool _hasWaitedForSinks;

    // Volatile, because the caller may dispose the stream on another thread than it reads on. Two fields, so that the end of a read cannot
    // overwrite a disposal at the same moment.
    private volatile State _state;
    private volatile bool _isReading; // A read of the body is under way.

    /// <summary>Who may read the body. Only <see cref="TryLeaveToDrain"/> changes it.</summary>
    private enum State
    {
        /// <summary>The caller.</summary>
        Open,

        /// <summary>A drain in the background, which has taken over the body.</summary>
        Draining,

        /// <summary>Nothing: the caller has disposed the stream, and with it the body.</summary>
        Disposed,
    }

    /// <summary>Whether the caller's token was canceled after the response was complete, but before the caller had its end.</summary>
    private enum EndCancellation
    {
        /// <summary>Not canceled, or canceled when the response was not complete.</summary>
        None,

        /// <summary>Canceled. <see cref="CopyToAsync"/> still writes the end, as it was written before the cancellation without the handler.</summary>
        Canceled,

        /// <summary>Canceled during the wait for the sinks. So the body may also be read once more, for its end.</summary>
        CanceledBeforeLastRead,
    }

    public override bool CanRead => _state != State.Draining && base.CanRead;

    private bool IsHolding => !_heldBytes.IsEmpty || _usageHold is not null;

    // After disposal, reads go to the inner stream, which throws ObjectDisposedException.
    private bool MustReturnHeldBytes => IsHolding && _state == State.Open;

    public override int Read(Span<byte> buffer)
    {
        while (!MustReturnHeldBytes)
        {
            BeginRead(CancellationToken.None);
            int read;
            try
            {
                read = _body.Read(buffer);
            }
            catch (Exception exception)
            {
                if (!TryDeferFault(exception, CancellationToken.None))
                {
                    throw;
                }

                break;
            }
            finally
            {
                _isReading = false;
            }

            ReadResult result = Observe(buffer, read);
            if (!result.MustReadAgain)
            {
                WaitForSinks(result.Publishing);
                return result.Length;
            }
        }

        if (_usageHold is not null)
        {
            RunUsageHold();
        }

        WaitForSinks(_publishing);
        return HasNothingToReturn(buffer.Length) ? Read(buffer) : ReadHeldBytes(buffer);
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (MustReturnHeldBytes)
        {
            return ReadHeldBytesAsync(buffer, cancellationToken);
        }

        ValueTask<int> pendingRead = ReadInnerAsync(buffer, cancellationToken);
        if (!pendingRead.IsCompletedSuccessfully)
        {
            return ObserveWhenReadAsync(pendingRead, buffer, cancellationToken);
        }

        int read = pendingRead.GetAwaiter().GetResult();
        _isReading = false;
        ReadResult result = Observe(buffer.Span, read);
        if (result.MustReadAgain)
        {
            return IsHolding
                ? ReadHeldBytesAsync(buffer, cancellationToken)
                : ObserveWhenReadAsync(ReadInnerAsync(buffer, cancellationToken), buffer, cancellationToken);
        }

        return result.Publishing.IsCompletedSuccessfully
            ? ValueTask.FromResult(result.Length)
            : ReturnAfterPublishingAsync(result, cancellationToken);
    }

    public override async Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken)
    {
        ValidateCopyToArguments(destination, bufferSize);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(bufferSize);
        try
        {
            int read;
            while ((read = await ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
            {
                using CancellationTokenSource? limit =
                    _endCancellation == EndCancellation.None ? null : new CancellationTokenSource(PublishingWait.MaxEndOfBodyTime);
                await destination.WriteAsync(buffer.AsMemory(0, read), limit?.Token ?? cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public override async ValueTask DisposeAsync()
    {
        if (!TryLeaveToDrain())
        {
            recorder.Dispose();
            await _body.DisposeAsync().ConfigureAwait(false);
        }

        await base.DisposeAsync().ConfigureAwait(false);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !TryLeaveToDrain())
        {
            recorder.Dispose();
            _body.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>Leaves the body to be drained in the background, when usage may still come.</summary>
    /// <remarks>While a read is under way, draining does not begin, because two reads at a time break the body.</remarks>
    /// <returns>Whether a drain has taken over the body. When false, the body must be disposed.</returns>
    private bool TryLeaveToDrain()
    {
        if (_state != State.Draining)
        {
            _state = State.Disposed;
            if (!_isReading && recorder.TryDrain(_body))
            {
                _state = State.Draining;
            }
        }

        return _state == State.Draining;
    }

    private void BeginRead(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_state == State.Draining, this);
        if (_deferredFault is { } fault)
        {
            _deferredFault = null; // Later reads go to the inner stream.
            fault.Throw();
        }

        recorder.LatestReadToken = cancellationToken;
        _isReading = true;
    }

    private ValueTask<int> ReadInnerAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (_state == State.Draining && cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<int>(cancellationToken); // As a disposed stream of .NET, which checks the token first.
        }

        BeginRead(cancellationToken);
        try
        {
            if (_endCancellation == EndCancellation.CanceledBeforeLastRead && cancellationToken.IsCancellationRequested)
            {
                _endCancellation = EndCancellation.Canceled;
                return PublishingWait.ReadEndAsync(_body, buffer, cancellationToken);
            }

            return _body.ReadAsync(buffer, cancellationToken);
        }
#pragma warning disable CA1031 // The exception is thrown where the read is awaited.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return ValueTask.FromException<int>(exception);
        }
    }

    // Runs for most chunks, because a read from the network seldom completes at once. So the state machine of this method is pooled.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> ObserveWhenReadAsync(ValueTask<int> pendingRead, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (true)
        {
            int read;
            try
            {
                read = await pendingRead.ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                if (!TryDeferFault(exception, cancellationToken))
                {
                    throw;
                }

                return ReadHeldBytes(buffer.Span);
            }
            finally
            {
                _isReading = false;
            }

            ReadResult result = Observe(buffer.Span, read);
            if (!result.MustReadAgain)
            {
                await WaitForSinksAsync(result.Publishing, cancellationToken).ConfigureAwait(false);
                return result.Length;
            }

            if (IsHolding)
            {
                return await ReadHeldBytesAsync(buffer, cancellationToken).ConfigureAwait(false);
            }

            pendingRead = ReadInnerAsync(buffer, cancellationToken);
        }
    }

    private async ValueTask<int> ReturnAfterPublishingAsync(ReadResult result, CancellationToken cancellationToken)
    {
        await WaitForSinksAsync(result.Publishing, cancellationToken).ConfigureAwait(false);
        return result.Length;
    }

    private async ValueTask<int> ReadHeldBytesAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (_usageHold is not null)
        {
            await RunUsageHoldAsync(cancellationToken).ConfigureAwait(false);
        }

        await WaitForSinksAsync(_publishing, cancellationToken).ConfigureAwait(false);
        return HasNothingToReturn(buffer.Length) ? await ReadAsync(buffer, cancellationToken).ConfigureAwait(false) : ReadHeldBytes(buffer.Span);
    }

    // The filter may keep all bytes of a piece, because their event is not complete. Then the body is read again, because a result of zero
    // bytes means the end of the body.
    private bool HasNothingToReturn(int bufferLength) => _heldBytes.IsEmpty && bufferLength > 0;

    private async Task RunUsageHoldAsync(CancellationToken cancellationToken)
    {
        BeginRead(cancellationToken);
        EndUsageHold(await _usageHold!.ReadUntilEndedAsync(cancellationToken).ConfigureAwait(false));
        _endCancellation = cancellationToken.IsCancellationRequested ? EndCancellation.Canceled : EndCancellation.None;
    }

    private void RunUsageHold()
    {
        BeginRead(CancellationToken.None);
        EndUsageHold(_usageHold!.ReadUntilEnded());
    }

    private void EndUsageHold(Task publishing)
    {
        _isReading = false;
        SetHeldBytes(_usageHold!.Bytes, publishing);
        _usageHold = null;
    }

    private void WaitForSinks(Task publishing)
    {
        if (!publishing.IsCompleted && !_hasWaitedForSinks)
        {
            _hasWaitedForSinks = true;
            PublishingWait.Wait(publishing, recorder.PublishTimeout);
        }
    }

    private ValueTask WaitForSinksAsync(Task publishing, CancellationToken cancellationToken) =>
        publishing.IsCompleted ? default : WaitForRunningSinksAsync(publishing, cancellationToken);

    private async ValueTask WaitForRunningSinksAsync(Task publishing, CancellationToken cancellationToken)
    {
        await PublishingWait.WaitAsync(publishing, cancellationToken).ConfigureAwait(false);
        if (cancellationToken.IsCancellationRequested)
        {
            _endCancellation = EndCancellation.CanceledBeforeLastRead;
        }
    }

    /// <summary>Shows the bytes of a read to the recorder, and holds the bytes that the caller must not get yet.</summary>
    /// <param name="buffer">The caller's buffer.</param>
    /// <param name="read">The number of bytes that were read into the buffer.</param>
    private ReadResult Observe(ReadOnlySpan<byte> buffer, int read)
    {
        if (read == 0)
        {
            // A read into an empty buffer waits for data. It does not mean the end.
            return buffer.IsEmpty ? new ReadResult(0, MustReadAgain: false, Task.CompletedTask) : ObserveEnd();
        }

        ReadOnlySpan<byte> bytes = buffer[..read];
        ReleaseDecision decision = recorder.Observe(bytes);
        int releasableLength = decision.ReleasableLength;
        if (filter is not null)
        {
            FilteredPiece piece = filter.Apply(bytes, releasableLength, decision.Events, decision.HasEnded);
            HoldRest(piece.Rest, decision);
            return new ReadResult(piece.UnchangedLength, MustReadAgain: piece.UnchangedLength == 0, Task.CompletedTask);
        }

        if (releasableLength == read || (releasableLength == 0 && !decision.AwaitsUsage))
        {
            // All bytes may be returned now, or all must wait for the publishing. In both cases the bytes stay in the caller's buffer.
            return new ReadResult(read, MustReadAgain: false, decision.Publishing);
        }

        HoldRest(bytes[releasableLength..].ToArray(), decision);
        return new ReadResult(releasableLength, MustReadAgain: releasableLength == 0, Task.CompletedTask);
    }

    private ReadResult ObserveEnd()
    {
        ReleaseDecision decision = recorder.Complete();
        SetHeldBytes(filter?.Complete(decision.Events) ?? default, decision.Publishing);
        return new ReadResult(0, MustReadAgain: !_heldBytes.IsEmpty, decision.Publishing);
    }

    /// <summary>Holds the bytes that are not releasable: while the usage may follow, or until the sinks are done.</summary>
    private void HoldRest(ReadOnlyMemory<byte> bytes, ReleaseDecision decision)
    {
        if (!decision.AwaitsUsage)
        {
            SetHeldBytes(bytes, decision.Publishing);
            return;
        }

        var lookahead = new LookaheadStream(Inner);
        _body = lookahead;
        _usageHold = new UsageHold(lookahead, recorder, filter);
        _usageHold.Add(bytes.Span);
    }

    private void SetHeldBytes(ReadOnlyMemory<byte> bytes, Task publishing)
    {
        _heldBytes = bytes;
        _publishing = publishing;
    }

    /// <summary>Tells the recorder about a failure of the body.</summary>
    /// <remarks>When the filter holds bytes, the caller gets these bytes first, and the failure at the next read.</remarks>
    /// <returns>Whether the failure is deferred. When false, the caller of this method throws it.</returns>
    private bool TryDeferFault(Exception exception, CancellationToken cancellationToken)
    {
        recorder.Fail(exception, cancellationToken);
        if (filter is null || _state != State.Open || exception is OperationCanceledException)
        {
            return false;
        }

        SetHeldBytes(filter.Release(), Task.CompletedTask);
        _deferredFault = _heldBytes.IsEmpty ? null : ExceptionDispatchInfo.Capture(exception);
        return !_heldBytes.IsEmpty;
    }

    private int ReadHeldBytes(Span<byte> buffer)
    {
        int length = Math.Min(buffer.Length, _heldBytes.Length);
        _heldBytes.Span[..length].CopyTo(buffer);
        _heldBytes = _heldBytes[length..];
        return length;
    }

    /// <summary>The result of a read of the inner stream for the caller.</summary>
    /// <param name="Length">The number of bytes in the caller's buffer.</param>
    /// <param name="MustReadAgain">Whether the buffer has no bytes for the caller. Then the held bytes are returned, or the body is read again when there are none.</param>
    /// <param name="Publishing">The task to wait for before the bytes are returned.</param>
    private readonly record struct ReadResult(int Length, bool MustReadAgain, Task Publishing);
}
