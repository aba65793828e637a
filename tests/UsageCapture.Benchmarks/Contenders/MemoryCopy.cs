using UsageCapture.Benchmarks.Bodies;

namespace UsageCapture.Benchmarks.Contenders;

/// <summary>Copies the bytes into a buffer, piece by piece: the least that a read can cost.</summary>
internal sealed class MemoryCopy(Body body) : IContender
{
    private readonly byte[] _buffer = new byte[Reads.BufferLength];

    public ValueTask<long> RunAsync()
    {
        ReadOnlySpan<byte> rest = body.Inflated ?? body.Bytes;
        long sum = 0;
        while (!rest.IsEmpty)
        {
            ReadOnlySpan<byte> piece = rest[..Math.Min(rest.Length, _buffer.Length)];
            piece.CopyTo(_buffer);
            sum += _buffer[0];
            rest = rest[piece.Length..];
        }

        return ValueTask.FromResult(sum);
    }
}
