using System.Net.Sockets;

using UsageCapture.Testing.Traffic;

namespace UsageCapture.Testing.Replay;

/// <summary>A recorded body as the network gives one: once, forward, in its chunks, and no further than its fault.</summary>
internal sealed class RecordedStream : ForwardStream
{
    private readonly IReadOnlyList<RecordedChunk> _chunks;
    private readonly TimeProvider? _timeProvider;
    private readonly FaultKind? _fault;
    private readonly ReplayGate? _gate;
    private readonly Action? _onDispose;
    private readonly TaskCompletionSource _disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // What can still be read of the whole body, and of the chunk that is next or has begun.
    private ReadOnlyMemory<byte> _rest;
    private int _chunksBegun;
    private int _restOfChunk;

    public RecordedStream(Recording recording, TimeProvider? timeProvider, ReplayGate? gate = null, Action? onDispose = null)
    {
        RecordedFault? fault = recording.Response.Fault;
        _rest = recording.Body[..Math.Min(recording.Body.Length, fault?.After ?? int.MaxValue)];
        _chunks = recording.Response.Chunks ?? [new RecordedChunk(recording.Body.Length)];
        _fault = fault?.Kind;
        _timeProvider = timeProvider;
        _gate = gate;
        _onDispose = onDispose;
    }

    /// <summary>Gets whether a chunk, the end or the fault is next.</summary>
    private bool IsAtPiece => _restOfChunk == 0 || _rest.IsEmpty;

    public override int Read(Span<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(_disposed.Task.IsCompleted, this);
        if (buffer.IsEmpty)
        {
            return 0;
        }

        if (IsAtPiece && _gate?.IsOpenFor(_chunksBegun + 1) == false)
        {
            throw new InvalidOperationException("A recorded response waits here at a gate, which a synchronous read cannot. Release the piece first, or read it asynchronously.");
        }

        if (_rest.IsEmpty)
        {
            return _fault == FaultKind.Stalled
                ? throw new InvalidOperationException("A recorded response stalls here, and a synchronous read would wait forever. Read it asynchronously, with a token.")
                : End();
        }

        if (BeginChunk() > TimeSpan.Zero)
        {
            throw new InvalidOperationException("A recorded response waits here on a clock, which a synchronous read cannot. Read it asynchronously, or replay it without a clock.");
        }

        return Take(buffer);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ObjectDisposedException.ThrowIf(_disposed.Task.IsCompleted, this);
        if (buffer.IsEmpty)
        {
            return 0;
        }

        if (IsAtPiece && _gate is not null)
        {
            await WaitAsync(_gate, cancellationToken).ConfigureAwait(false);
        }

        if (_rest.IsEmpty)
        {
            if (_fault == FaultKind.Stalled)
            {
                await _disposed.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
                throw new ObjectDisposedException(nameof(RecordedStream));
            }

            return End();
        }

        TimeSpan delay = BeginChunk();
        if (delay > TimeSpan.Zero)
        {
            await Task.Delay(delay, _timeProvider!, cancellationToken).ConfigureAwait(false);
        }

        return Take(buffer.Span);
    }

    protected override void Dispose(bool disposing)
    {
        if (_disposed.TrySetResult())
        {
            _onDispose?.Invoke();
        }

        base.Dispose(disposing);
    }

    private async Task WaitAsync(ReplayGate gate, CancellationToken cancellationToken)
    {
        Task opening = gate.WaitAsync(_chunksBegun + 1, cancellationToken);
        await Task.WhenAny(opening, _disposed.Task).ConfigureAwait(false);
        ObjectDisposedException.ThrowIf(_disposed.Task.IsCompleted, this);
        await opening.ConfigureAwait(false);
    }

    /// <summary>What a read finds behind the last byte: the end, or what went wrong. The messages are those of the sockets' handler.</summary>
    private int End() => _fault switch
    {
        FaultKind.Reset => throw new IOException(
            "Unable to read data from the transport connection: Connection reset by peer.", new SocketException((int)SocketError.ConnectionReset)),
        FaultKind.Closed => throw new HttpIOException(HttpRequestError.ResponseEnded, "The response ended prematurely."),
        _ => 0,
    };

    /// <summary>Goes on to the next chunk when the last one is used up.</summary>
    /// <returns>How long to wait for it.</returns>
    private TimeSpan BeginChunk()
    {
        if (_restOfChunk > 0)
        {
            return TimeSpan.Zero;
        }

        RecordedChunk chunk = _chunks[_chunksBegun++];
        _restOfChunk = chunk.Length;
        return _timeProvider is null ? TimeSpan.Zero : TimeSpan.FromMilliseconds(chunk.DelayMs);
    }

    private int Take(Span<byte> buffer)
    {
        int count = Math.Min(Math.Min(buffer.Length, _restOfChunk), _rest.Length);
        _rest.Span[..count].CopyTo(buffer);
        _rest = _rest[count..];
        _restOfChunk -= count;
        return count;
    }
}
