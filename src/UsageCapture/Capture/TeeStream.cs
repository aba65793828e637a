using System.Runtime.CompilerServices;

namespace UsageCapture.Capture;

/// <summary>Passes a response body through unchanged and shows each byte read to a capture.</summary>
/// <remarks>
/// The bytes that end the protocol are handed over only once the record is with the inline sinks, or their time is up; the bytes
/// before them are handed over first.
/// </remarks>
internal sealed class TeeStream(Stream inner, ExchangeCapture capture) : BodyStream(inner)
{
    // What was read already but stands behind the publishing of the record.
    private ReadOnlyMemory<byte> _held;
    private Task _publishing = Task.CompletedTask;

    // A read that is under way has the body to itself; a body that is left to be drained is not the caller's any more.
    private volatile bool _isReading;
    private volatile bool _isLeft;

    public override bool CanRead => !_isLeft && base.CanRead;

    public override int Read(Span<byte> buffer)
    {
        if (!_held.IsEmpty && !buffer.IsEmpty)
        {
            _publishing.GetAwaiter().GetResult();
            return TakeHeld(buffer);
        }

        ObjectDisposedException.ThrowIf(_isLeft, this);
        _isReading = true;
        int read;
        try
        {
            read = Inner.Read(buffer);
        }
        catch (Exception exception)
        {
            capture.Fail(exception, CancellationToken.None);
            throw;
        }
        finally
        {
            _isReading = false;
        }

        int handedOver = Observe(buffer, read, out Task publishing);
        if (handedOver == read)
        {
            publishing.GetAwaiter().GetResult();
        }

        return handedOver;
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!_held.IsEmpty && !buffer.IsEmpty)
        {
            return ReadHeldAsync(buffer, cancellationToken);
        }

        ObjectDisposedException.ThrowIf(_isLeft, this);
        capture.ReadToken = cancellationToken;
        _isReading = true;
        ValueTask<int> reading;
        try
        {
            reading = Inner.ReadAsync(buffer, cancellationToken);
        }
        catch (Exception exception)
        {
            _isReading = false;
            capture.Fail(exception, cancellationToken);
            throw;
        }

        if (!reading.IsCompletedSuccessfully)
        {
            return ObserveWhenReadAsync(reading, buffer, cancellationToken);
        }

        int read = reading.GetAwaiter().GetResult();
        _isReading = false;
        int handedOver = Observe(buffer.Span, read, out Task publishing);
        return handedOver < read || publishing.IsCompletedSuccessfully
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
        _isLeft = _isLeft || (!_isReading && capture.TryDrain(Inner));
        return _isLeft;
    }

    // A read from the network is seldom done at once, and there is one for every chunk: the boxes of this method are pooled.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> ObserveWhenReadAsync(ValueTask<int> reading, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        int read;
        try
        {
            read = await reading.ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            capture.Fail(exception, cancellationToken);
            throw;
        }
        finally
        {
            _isReading = false;
        }

        int handedOver = Observe(buffer.Span, read, out Task publishing);
        if (handedOver == read)
        {
            await publishing.ConfigureAwait(false);
        }

        return handedOver;
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

    /// <summary>Shows what was read to the capture.</summary>
    /// <returns>
    /// How many of the bytes may be handed over now. All of them once <paramref name="publishing"/> is done; fewer when there are bytes
    /// to hand over before that.
    /// </returns>
    private int Observe(ReadOnlySpan<byte> buffer, int read, out Task publishing)
    {
        publishing = Task.CompletedTask;
        if (read == 0)
        {
            // A zero-byte read waits for data; it does not mean the end.
            if (!buffer.IsEmpty)
            {
                publishing = capture.CompleteAsync();
            }

            return 0;
        }

        int end = capture.Observe(buffer[..read], out publishing);
        if (end <= 0 || publishing.IsCompleted)
        {
            return read;
        }

        _held = buffer[end..read].ToArray();
        _publishing = publishing;
        return end;
    }

    private int TakeHeld(Span<byte> buffer)
    {
        int taken = Math.Min(buffer.Length, _held.Length);
        _held.Span[..taken].CopyTo(buffer);
        _held = _held[taken..];
        return taken;
    }
}
