using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

using UsageCapture.Exchanges;
using UsageCapture.Requests;

namespace UsageCapture.Responses;

/// <summary>Passes a response body through and shows each byte read to a capture.</summary>
/// <param name="inner">The body's stream.</param>
/// <param name="capture">Who looks at the bytes.</param>
/// <param name="filter">What takes out the event that the caller did not ask for; null where everything is passed through unchanged.</param>
/// <remarks>
/// The bytes that end the protocol are handed over only once the record is with the inline sinks, or their time is up; the bytes
/// before them are handed over first. No more is read at a time than the caller asks for, so that nothing is read ahead.
/// </remarks>
internal sealed class TeeStream(Stream inner, ExchangeRecorder capture, InjectedEventFilter? filter) : ForwardOnlyStream(inner)
{
    // What was read already and comes next, and what is to happen before.
    private ReadOnlyMemory<byte> _held;
    private Task _publishing = Task.CompletedTask;

    // What the caller is to see behind the bytes that came before it.
    private ExceptionDispatchInfo? _fault;

    // A read that is under way has the body to itself; a body that is left to be drained is not the caller's any more.
    private volatile bool _isReading;
    private volatile bool _isLeft;
    private volatile bool _isDisposed;

    public override bool CanRead => !_isLeft && base.CanRead;

    // What is held is not for who has disposed of it: the body's own stream says so.
    private bool HasHeld => !_held.IsEmpty && !_isDisposed;

    public override int Read(Span<byte> buffer)
    {
        while (!HasHeld)
        {
            BeginRead(CancellationToken.None);
            int read;
            try
            {
                read = Inner.Read(buffer);
            }
            catch (Exception exception)
            {
                if (!TryDefer(exception, CancellationToken.None))
                {
                    throw;
                }

                break;
            }
            finally
            {
                _isReading = false;
            }

            int handedOver = Observe(buffer, read, out Task publishing);
            if (!IsToReadOn(handedOver, read))
            {
                publishing.GetAwaiter().GetResult();
                return handedOver;
            }
        }

        _publishing.GetAwaiter().GetResult();
        return TakeHeld(buffer);
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (HasHeld)
        {
            return ReadHeldAsync(buffer, cancellationToken);
        }

        ValueTask<int> reading = ReadInnerAsync(buffer, cancellationToken);
        if (!reading.IsCompletedSuccessfully)
        {
            return ObserveWhenReadAsync(reading, buffer, cancellationToken);
        }

        int read = reading.GetAwaiter().GetResult();
        _isReading = false;
        int handedOver = Observe(buffer.Span, read, out Task publishing);
        if (IsToReadOn(handedOver, read))
        {
            return _held.IsEmpty
                ? ObserveWhenReadAsync(ReadInnerAsync(buffer, cancellationToken), buffer, cancellationToken)
                : ReadHeldAsync(buffer, cancellationToken);
        }

        return publishing.IsCompletedSuccessfully
            ? ValueTask.FromResult(handedOver)
            : AfterPublishingAsync(publishing, handedOver);
    }

    public override async ValueTask DisposeAsync()
    {
        if (!TryLeave())
        {
            capture.Dispose();
            await Inner.DisposeAsync().ConfigureAwait(false);
        }

        await base.DisposeAsync().ConfigureAwait(false);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !TryLeave())
        {
            capture.Dispose();
            Inner.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>Leaves the body to be drained in the background, where usage may still come; not in the middle of a read.</summary>
    private bool TryLeave()
    {
        _isDisposed = true;
        _isLeft = _isLeft || (!_isReading && capture.TryDrain(Inner));
        return _isLeft;
    }

    private void BeginRead(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isLeft, this);
        if (_fault is { } fault)
        {
            _fault = null; // Whoever reads on after it is answered by the body's own stream.
            fault.Throw();
        }

        capture.ReadToken = cancellationToken;
        _isReading = true;
    }

    private ValueTask<int> ReadInnerAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        BeginRead(cancellationToken);
        try
        {
            return Inner.ReadAsync(buffer, cancellationToken);
        }
#pragma warning disable CA1031 // It is thrown where the read is awaited.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return ValueTask.FromException<int>(exception);
        }
    }

    // A read from the network is seldom done at once, and there is one for every chunk: the boxes of this method are pooled.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> ObserveWhenReadAsync(ValueTask<int> reading, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (true)
        {
            int read;
            try
            {
                read = await reading.ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                if (!TryDefer(exception, cancellationToken))
                {
                    throw;
                }

                return TakeHeld(buffer.Span);
            }
            finally
            {
                _isReading = false;
            }

            int handedOver = Observe(buffer.Span, read, out Task publishing);
            if (!IsToReadOn(handedOver, read))
            {
                await publishing.ConfigureAwait(false);
                return handedOver;
            }

            if (!_held.IsEmpty)
            {
                return await ReadHeldAsync(buffer, cancellationToken).ConfigureAwait(false);
            }

            reading = ReadInnerAsync(buffer, cancellationToken);
        }
    }

    private static async ValueTask<int> AfterPublishingAsync(Task publishing, int read)
    {
        await publishing.ConfigureAwait(false);
        return read;
    }

    private async ValueTask<int> ReadHeldAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        await _publishing.WaitAsync(cancellationToken).ConfigureAwait(false);
        return TakeHeld(buffer.Span);
    }

    /// <summary>Shows what was read to the capture, and holds what is not to be handed over with it.</summary>
    /// <param name="buffer">The caller's buffer.</param>
    /// <param name="read">How many bytes were read into it.</param>
    /// <param name="publishing">What to wait for first; done where what waits for the record is held, and the bytes before it are not to wait.</param>
    /// <returns>How many of the bytes are to be handed over.</returns>
    private int Observe(ReadOnlySpan<byte> buffer, int read, out Task publishing)
    {
        publishing = Task.CompletedTask;
        if (read == 0)
        {
            // A zero-byte read waits for data; it does not mean the end.
            if (!buffer.IsEmpty)
            {
                publishing = capture.CompleteAsync();
                Hold(filter?.Complete() ?? default, publishing);
            }

            return 0;
        }

        int end = capture.Observe(buffer[..read], out publishing);
        end = end <= 0 || publishing.IsCompleted ? read : end;
        ReadOnlyMemory<byte> later = default;
        if (filter is not null)
        {
            end = filter.Take(buffer[..read], end, capture.FinishedAt, out later);
        }
        else if (end < read)
        {
            later = buffer[end..read].ToArray();
        }

        Hold(later, publishing);
        publishing = end < read ? Task.CompletedTask : publishing;
        return end;
    }

    private void Hold(ReadOnlyMemory<byte> bytes, Task publishing)
    {
        _held = bytes;
        _publishing = publishing;
    }

    /// <summary>Gets whether the caller is to be given something else than what was read: that is all held back, or taken out.</summary>
    private bool IsToReadOn(int handedOver, int read) => handedOver == 0 && (read > 0 || !_held.IsEmpty);

    /// <summary>Takes note of a fault, and lets the bytes that are held pass before it where there are any.</summary>
    private bool TryDefer(Exception exception, CancellationToken cancellationToken)
    {
        capture.Fail(exception, cancellationToken);
        if (filter is null || _isDisposed || exception is OperationCanceledException)
        {
            return false;
        }

        Hold(filter.Release(), Task.CompletedTask);
        _fault = _held.IsEmpty ? null : ExceptionDispatchInfo.Capture(exception);
        return !_held.IsEmpty;
    }

    private int TakeHeld(Span<byte> buffer)
    {
        int taken = Math.Min(buffer.Length, _held.Length);
        _held.Span[..taken].CopyTo(buffer);
        _held = _held[taken..];
        return taken;
    }
}
