using System.IO.Compression;

namespace UsageCapture.Decoding;

/// <summary>Undoes the content codings of a side copy of a body that is pushed in pieces.</summary>
internal sealed class BodyDecompressor : IDisposable
{
    private readonly Feed _feed = new();
    private readonly string[] _codings;
    private Stream? _plain;

    private BodyDecompressor(string[] codings) => _codings = codings;

    /// <summary>Makes a decompressor for a <c>Content-Encoding</c> header.</summary>
    /// <param name="contentEncoding">The codings in the order in which they were applied.</param>
    /// <param name="decompressor">The decompressor; null when the body is not encoded.</param>
    /// <returns>False when a coding is not known.</returns>
    public static bool TryCreate(IEnumerable<string> contentEncoding, out BodyDecompressor? decompressor)
    {
        string[] codings = [.. contentEncoding.Select(coding => coding.ToLowerInvariant()).Where(coding => coding != "identity")];
        bool isKnown = codings.All(coding => coding is "gzip" or "x-gzip" or "deflate" or "br");
        decompressor = isKnown && codings.Length > 0 ? new BodyDecompressor(codings) : null;
        return isKnown;
    }

    /// <summary>Adds a piece of the encoded body. Read until nothing is left before the next.</summary>
    public void Push(ReadOnlySpan<byte> encoded)
    {
        _feed.Fill(encoded);
        _plain ??= Open(encoded);
    }

    /// <summary>Reads what the pieces so far amount to.</summary>
    /// <returns>How many bytes were read; zero when another piece is needed.</returns>
    /// <exception cref="InvalidDataException">The coding is damaged.</exception>
    public int Read(Span<byte> buffer) => _plain?.Read(buffer) ?? 0;

    public void Dispose() => _plain?.Dispose();

    private Stream Open(ReadOnlySpan<byte> start)
    {
        // The coding that was applied last is undone first.
        Stream plain = _feed;
        for (int i = _codings.Length - 1; i >= 0; i--)
        {
            plain = _codings[i] switch
            {
                "br" => new BrotliStream(plain, CompressionMode.Decompress),
                "deflate" when i < _codings.Length - 1 || HasZlibHeader(start) => new ZLibStream(plain, CompressionMode.Decompress),
                "deflate" => new DeflateStream(plain, CompressionMode.Decompress),
                _ => new GZipStream(plain, CompressionMode.Decompress),
            };
        }

        return plain;
    }

    // "deflate" means the zlib format of RFC 1950, but some servers send the bare RFC 1951 data. The compression method in the first
    // byte of a zlib header is 8; read as bare deflate data, that byte would begin a stored block with padding bits set, which no
    // compressor writes.
    private static bool HasZlibHeader(ReadOnlySpan<byte> start) => !start.IsEmpty && (start[0] & 0x0F) == 8;

    /// <summary>The encoded pieces as a stream that has nothing to give until the next piece comes.</summary>
    private sealed class Feed : Stream
    {
        private byte[] _piece = [];
        private int _start;
        private int _end;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public void Fill(ReadOnlySpan<byte> piece)
        {
            if (piece.Length > _piece.Length)
            {
                _piece = new byte[piece.Length];
            }

            piece.CopyTo(_piece);
            _start = 0;
            _end = piece.Length;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            int count = Math.Min(buffer.Length, _end - _start);
            _piece.AsSpan(_start, count).CopyTo(buffer);
            _start += count;
            return count;
        }

        public override void Flush()
        {
        }

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    }
}
