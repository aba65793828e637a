using System.Net.Sockets;

using UsageCapture.Testing.Observation;

namespace UsageCapture.Testing.Replay;

/// <summary>Delivers a recorded body as a network stream does: once, forward only, in its chunks, up to its fault.</summary>
internal sealed class ReplayStream : ForwardOnlyReadStream
{
    private readonly IReadOnlyList<RecordedChunk> _chunks;
    private readonly TimeProvider? _timeProvider;
    private readonly FaultKind? _fault;
    private readonly ReplayGate? _gate;
    private readonly Action? _onDispose;
    private readonly TaskCompletionSource _disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ReadOnlyMemory<byte> _restOfBody;
    private int _startedChunks;
    private int _restOfChunk;

    /// <summary>Initializes a new instance.</summary>
    /// <param name="recording">The recording. Its chunks must be valid.</param>
    /// <param name="timeProvider">The clock for the delays; null for no delays.</param>
    /// <param name="gate">The gate that every chunk passes; null for none.</param>
    /// <param name="onDispose">Called once, at the first disposal.</param>
    public ReplayStream(Recording recording, TimeProvider? timeProvider, ReplayGate? gate = null, Action? onDispose = null)
    {
        RecordedFault? fault = recording.Response.Fault;
        _restOfBody = recording.Body[..Math.Min(recording.Body.Length, fault?.AfterBytes ?? int.MaxValue)];
        _chunks = recording.Response.Chunks ?? [new RecordedChunk { Length = recording.Body.Length }];
        _fault = fault?.Kind;
        _timeProvider = timeProvider;
        _gate = gate;
        _onDispose = onDispose;
    }

    /// <summary>Gets whether the next read starts a chunk, or reaches the end or the fault. A gate counts each of them.</summary>
    private bool IsAtChunkStart => _restOfChunk == 0 || _restOfBody.IsEmpty;

    public override int Read(Span<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(_disposed.Task.IsCompleted, this);
        if (buffer.IsEmpty)
        {
            return 0;
        }

        if (IsAtChunkStart && _gate?.IsOpenFor(_startedChunks + 1) == false)
        {
            throw new InvalidOperationException("The replayed response waits at a gate, and a synchronous read would block forever. Release the chunk first, or read it asynchronously.");
        }

        if (_restOfBody.IsEmpty)
        {
            return _fault == FaultKind.Stalled
                ? throw new InvalidOperationException("The replayed response stalls, and a synchronous read would block forever. Read it asynchronously, with a token.")
                : EndOrThrowFault();
        }

        if (StartChunkIfNeeded() > TimeSpan.Zero)
        {
            throw new InvalidOperationException("The replayed response waits for a clock, and a synchronous read would block. Read it asynchronously, or replay it without a clock.");
        }

        return CopyTo(buffer);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ObjectDisposedException.ThrowIf(_disposed.Task.IsCompleted, this);
        if (buffer.IsEmpty)
        {
            return 0;
        }

        if (IsAtChunkStart && _gate is not null)
        {
            await WaitForGateAsync(_gate, cancellationToken).ConfigureAwait(false);
        }

        if (_restOfBody.IsEmpty)
        {
            if (_fault == FaultKind.Stalled)
            {
                await _disposed.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
                throw new ObjectDisposedException(nameof(ReplayStream));
            }

            return EndOrThrowFault();
        }

        TimeSpan delay = StartChunkIfNeeded();
        if (delay > TimeSpan.Zero)
        {
            await Task.Delay(delay, _timeProvider!, cancellationToken).ConfigureAwait(false);
        }

        return CopyTo(buffer.Span);
    }

    protected override void Dispose(bool disposing)
    {
        if (_disposed.TrySetResult())
        {
            _onDispose?.Invoke();
        }

        base.Dispose(disposing);
    }

    private async Task WaitForGateAsync(ReplayGate gate, CancellationToken cancellationToken)
    {
        Task opening = gate.WaitAsync(_startedChunks + 1, cancellationToken);
        await Task.WhenAny(opening, _disposed.Task).ConfigureAwait(false);
        ObjectDisposedException.ThrowIf(_disposed.Task.IsCompleted, this);
        await opening.ConfigureAwait(false);
    }

    /// <summary>Returns 0 at a normal end, or throws the fault with the exception types and messages of <see cref="SocketsHttpHandler"/>.</summary>
    private int EndOrThrowFault() => _fault switch
    {
        FaultKind.Reset => throw new IOException(
            "Unable to read data from the transport connection: Connection reset by peer.", new SocketException((int)SocketError.ConnectionReset)),
        FaultKind.Closed => throw new HttpIOException(HttpRequestError.ResponseEnded, "The response ended prematurely."),
        _ => 0,
    };

    /// <summary>Starts the next chunk if the current one is used up.</summary>
    /// <returns>The time to wait before the chunk is delivered; zero within a chunk.</returns>
    private TimeSpan StartChunkIfNeeded()
    {
        if (_restOfChunk > 0)
        {
            return TimeSpan.Zero;
        }

        RecordedChunk chunk = _chunks[_startedChunks++];
        _restOfChunk = chunk.Length;
        return _timeProvider is null ? TimeSpan.Zero : chunk.Delay;
    }

    private int CopyTo(Span<byte> buffer)
    {
        int count = Math.Min(Math.Min(buffer.Length, _restOfChunk), _restOfBody.Length);
        _restOfBody.Span[..count].CopyTo(buffer);
        _restOfBody = _restOfBody[count..];
        _restOfChunk -= count;
        return count;
    }
}
