using System.Runtime.ExceptionServices;

namespace UsageCapture.Responses;

/// <summary>A body whose beginning was read already: gives that first, then what follows, or the fault that was met there.</summary>
internal sealed class PeekedStream(ReadOnlyMemory<byte> peeked, Stream inner, HttpContent owner, ExceptionDispatchInfo? fault) : ForwardOnlyStream(inner)
{
    private ReadOnlyMemory<byte> _peeked = peeked;

    public override int Read(Span<byte> buffer)
    {
        if (!_peeked.IsEmpty)
        {
            return TakePeeked(buffer);
        }

        fault?.Throw();
        return Inner.Read(buffer);
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<int>(cancellationToken);
        }

        if (!_peeked.IsEmpty)
        {
            return ValueTask.FromResult(TakePeeked(buffer.Span));
        }

        return fault is null ? Inner.ReadAsync(buffer, cancellationToken) : ValueTask.FromException<int>(fault.SourceException);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _peeked = default;
            Inner.Dispose();
            owner.Dispose();
        }

        base.Dispose(disposing);
    }

    private int TakePeeked(Span<byte> buffer)
    {
        int taken = Math.Min(buffer.Length, _peeked.Length);
        _peeked.Span[..taken].CopyTo(buffer);
        _peeked = _peeked[taken..];
        return taken;
    }
}
