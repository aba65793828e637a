using UsageCapture.Decoding;

namespace UsageCapture.Tests.Cutting;

/// <summary>A response body that arrives in pieces: one read returns at most the rest of one piece.</summary>
internal sealed class PieceStream(ReadOnlyMemory<byte> body, Cuts cuts) : ReadOnlyStream
{
    private int _position;

    public override int Read(Span<byte> buffer)
    {
        int count = Math.Min(buffer.Length, cuts.EndOfPiece(_position, body.Length) - _position);
        body.Span.Slice(_position, count).CopyTo(buffer);
        _position += count;
        return count;
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(Read(buffer.Span));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        Task.FromResult(Read(buffer.AsSpan(offset, count)));
}
