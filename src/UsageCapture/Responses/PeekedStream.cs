using System.Runtime.ExceptionServices;

namespace UsageCapture.Responses;

/// <summary>A body whose start was read already. It returns the start, then the rest, or throws the failure that came after the start.</summary>
/// <param name="start">The bytes that were read.</param>
/// <param name="inner">The rest of the body.</param>
/// <param name="owner">The content of the body, which is disposed of with the stream.</param>
/// <param name="fault">The failure; null when there was none.</param>
internal sealed class PeekedStream(ReadOnlyMemory<byte> start, Stream inner, HttpContent owner, ExceptionDispatchInfo? fault) : ForwardOnlyStream(inner)
{
    private ReadOnlyMemory<byte> _start = start;

    public override int Read(Span<byte> buffer)
    {
        if (!_start.IsEmpty)
        {
            return ReadStart(buffer);
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

        if (!_start.IsEmpty)
        {
            return ValueTask.FromResult(ReadStart(buffer.Span));
        }

        return fault is null ? Inner.ReadAsync(buffer, cancellationToken) : ValueTask.FromException<int>(fault.SourceException);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _start = default;
            Inner.Dispose();
            owner.Dispose();
        }

        base.Dispose(disposing);
    }

    private int ReadStart(Span<byte> buffer)
    {
        int length = Math.Min(buffer.Length, _start.Length);
        _start.Span[..length].CopyTo(buffer);
        _start = _start[length..];
        return length;
    }
}
