using System.Net.Sockets;

using UsageCapture.Testing.Observation;

namespace UsageCapture.Testing.Replay;

/// <summary>Delivers a recorded body as a network stream does: once, forward only, in its chunks, up to its fault.</summary>
/// <remarks>
/// A gate lets a test decide when each chunk may be read. A fault is a broken or stalled connection that the recording has. A read does this,
/// in order: it waits for the gate before a chunk, the end or the fault; it returns 0 or throws the fault if no bytes are left; it waits
/// for the delay of the chunk; it copies bytes of one chunk. A synchronous read throws instead of waiting, because a test would block.
/// Disposal ends each wait with an <see cref="ObjectDisposedException"/>.
/// </remarks>
internal sealed class ReplayStream : ForwardOnlyReadStream
{
    private readonly IReadOnlyList<RecordedChunk> _chunks;
    private readonly TimeProvider? _timeProvider;
    private readonly FaultKind? _faultKind;
    private readonly ReplayGate? _gate;
    private readonly Action? _onDispose;
    private readonly TaskCompletionSource _disposal = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ReadOnlyMemory<byte> _undeliveredBytes; // The rest of the body, up to the fault.
    private int _startedChunkCount;
    private int _chunkBytesLeft; // Of the chunk that was started last.

    /// <summary>Initializes a new instance.</summary>
    /// <param name="recording">The recording. Each of its chunks must have at least one byte, and all together the length of the body.</param>
    /// <param name="timeProvider">The clock for the delays; null for no delays.</param>
    /// <param name="gate">The gate that every chunk passes; null for none.</param>
    /// <param name="onDispose">Called once, at the first disposal.</param>
    public ReplayStream(Recording recording, TimeProvider? timeProvider, ReplayGate? gate = null, Action? onDispose = null)
    {
        // The position of a fault is checked in files, but not in recordings that are built in code. So it can be after the end of the body.
        RecordedFault? fault = recording.Response.Fault;
        _undeliveredBytes = recording.Body[..Math.Min(recording.Body.Length, fault?.AfterBytes ?? recording.Body.Length)];
        _chunks = recording.Response.Chunks ?? [new RecordedChunk { Length = recording.Body.Length }];
        _faultKind = fault?.Kind;
        _timeProvider = timeProvider;
        _gate = gate;
        _onDispose = onDispose;
    }

    private bool IsDisposed => _disposal.Task.IsCompleted;

    /// <summary>Gets whether the next read must pass the gate: it starts a chunk, or it reaches the end or the fault.</summary>
    private bool MustPassGate => _chunkBytesLeft == 0 || _undeliveredBytes.IsEmpty;

    /// <summary>Gets the number under which the gate knows the next chunk, from 1. The end, or the fault, has the number after the last chunk that was started.</summary>
    private int NextGateNumber => _startedChunkCount + 1;

    public override int Read(Span<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        if (buffer.IsEmpty)
        {
            return 0;
        }

        if (MustPassGate && _gate?.IsReleased(NextGateNumber) == false)
        {
            throw new InvalidOperationException(
                "The replayed response waits at a gate, and a synchronous read would block forever. "
                + "Release the chunk first, or read it asynchronously.");
        }

        if (_undeliveredBytes.IsEmpty)
        {
            return _faultKind == FaultKind.Stalled
                ? throw new InvalidOperationException(
                    "The replayed response stalls, and a synchronous read would block forever. Read it asynchronously, with a token.")
                : ReturnEndOrThrowFault();
        }

        TimeSpan delay = StartChunkAndGetDelay();
        if (delay > TimeSpan.Zero)
        {
            throw new InvalidOperationException(
                "The replayed response waits for a clock, and a synchronous read would block. "
                + "Read it asynchronously, or replay it without a clock.");
        }

        return Deliver(buffer);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        if (buffer.IsEmpty)
        {
            return 0;
        }

        if (MustPassGate && _gate is not null)
        {
            await WaitUnlessDisposedAsync(_gate.WaitAsync(NextGateNumber, cancellationToken)).ConfigureAwait(false);
        }

        if (_undeliveredBytes.IsEmpty)
        {
            if (_faultKind == FaultKind.Stalled)
            {
                // The read ends only when the caller cancels it or disposes the stream.
                await _disposal.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
                throw new ObjectDisposedException(nameof(ReplayStream));
            }

            return ReturnEndOrThrowFault();
        }

        TimeSpan delay = StartChunkAndGetDelay();
        if (delay > TimeSpan.Zero)
        {
            await WaitUnlessDisposedAsync(Task.Delay(delay, _timeProvider!, cancellationToken)).ConfigureAwait(false);
        }

        return Deliver(buffer.Span);
    }

    protected override void Dispose(bool disposing)
    {
        if (_disposal.TrySetResult()) // False if the stream was disposed before.
        {
            _onDispose?.Invoke();
        }

        base.Dispose(disposing);
    }

    private async Task WaitUnlessDisposedAsync(Task wait)
    {
        await Task.WhenAny(wait, _disposal.Task).ConfigureAwait(false);
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        await wait.ConfigureAwait(false);
    }

    /// <summary>Returns 0 at the end, or throws the fault, with the types and messages of <see cref="SocketsHttpHandler"/>.</summary>
    private int ReturnEndOrThrowFault() => _faultKind switch
    {
        FaultKind.ConnectionReset => throw new IOException(
            "Unable to read data from the transport connection: Connection reset by peer.",
            new SocketException((int)SocketError.ConnectionReset)),
        FaultKind.ConnectionClosed => throw new HttpIOException(HttpRequestError.ResponseEnded, "The response ended prematurely."),
        _ => 0, // There is no fault, or the body is truncated, which looks like a normal end.
    };

    /// <summary>Starts the next chunk if all bytes of the current one are delivered, and returns its delay.</summary>
    /// <remarks>
    /// Each chunk is delayed once. If the wait is canceled, or a synchronous read throws instead of waiting, the next read delivers the chunk
    /// without a delay. So a test can read on after it has caught the exception.
    /// </remarks>
    /// <returns>The time to wait before the chunk is delivered; zero within a chunk and without a clock.</returns>
    private TimeSpan StartChunkAndGetDelay()
    {
        if (_chunkBytesLeft > 0)
        {
            return TimeSpan.Zero;
        }

        RecordedChunk chunk = _chunks[_startedChunkCount++];
        _chunkBytesLeft = chunk.Length;
        return _timeProvider is null ? TimeSpan.Zero : chunk.Delay;
    }

    /// <summary>Copies as many bytes of the current chunk as the buffer can hold, and returns their number.</summary>
    private int Deliver(Span<byte> buffer)
    {
        int count = Math.Min(Math.Min(buffer.Length, _chunkBytesLeft), _undeliveredBytes.Length);
        _undeliveredBytes.Span[..count].CopyTo(buffer);
        _undeliveredBytes = _undeliveredBytes[count..];
        _chunkBytesLeft -= count;
        return count;
    }
}
