using System.Buffers;
using System.Runtime.ExceptionServices;

namespace UsageCapture.Capture;

/// <summary>Passes a stream of events on without those that an <see cref="InjectedEventFilter"/> takes out.</summary>
/// <remarks>It reads no more at a time than the caller asks for, so that nothing is read ahead.</remarks>
internal sealed class HidingStream(Stream inner) : BodyStream(inner)
{
    private const int MaxRead = 16 * 1024;

    private readonly InjectedEventFilter _filter = new();
    private readonly ArrayBufferWriter<byte> _passed = new();
    private byte[] _input = [];
    private int _taken;
    private bool _hasEnded;
    private ExceptionDispatchInfo? _fault;

    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty)
        {
            return Inner.Read(buffer);
        }

        while (NeedsMore())
        {
            try
            {
                Filter(Inner.Read(Room(buffer.Length).Span));
            }
            catch (Exception exception) when (exception is not OperationCanceledException && TryFlush())
            {
                _fault = ExceptionDispatchInfo.Capture(exception); // After the bytes that came before it.
            }
        }

        return Take(buffer);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty)
        {
            return await Inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }

        while (NeedsMore())
        {
            try
            {
                Filter(await Inner.ReadAsync(Room(buffer.Length), cancellationToken).ConfigureAwait(false));
            }
            catch (Exception exception) when (exception is not OperationCanceledException && TryFlush())
            {
                _fault = ExceptionDispatchInfo.Capture(exception); // After the bytes that came before it.
            }
        }

        return Take(buffer.Span);
    }

    public override async ValueTask DisposeAsync()
    {
        await Inner.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private bool NeedsMore()
    {
        if (_taken < _passed.WrittenCount)
        {
            return false;
        }

        _passed.ResetWrittenCount();
        _taken = 0;
        _fault?.Throw();
        return !_hasEnded;
    }

    private Memory<byte> Room(int wanted)
    {
        int length = Math.Min(wanted, MaxRead);
        _input = _input.Length < length ? new byte[length] : _input;
        return _input.AsMemory(0, length);
    }

    private void Filter(int read)
    {
        if (read > 0)
        {
            _filter.Append(_input.AsSpan(0, read), _passed);
            return;
        }

        _hasEnded = true;
        _filter.Complete(_passed);
    }

    /// <summary>Hands over what is held back of an event that will not be completed any more.</summary>
    private bool TryFlush()
    {
        _filter.Flush(_passed);
        return _passed.WrittenCount > 0;
    }

    private int Take(Span<byte> buffer)
    {
        int taken = Math.Min(buffer.Length, _passed.WrittenCount - _taken);
        _passed.WrittenSpan.Slice(_taken, taken).CopyTo(buffer);
        _taken += taken;
        return taken;
    }
}
