using System.Buffers;
using System.IO.Compression;
using System.Runtime.ExceptionServices;

namespace UsageCapture.Decoding;

/// <summary>Decompresses a body that comes in pieces.</summary>
/// <remarks>
/// Call <see cref="Push"/> with a piece, and then <see cref="Read"/> until it returns zero. A damaged body still gives all plain bytes before
/// the damage, and only then throws. This works for up to 64 KiB of compressed and 16 MiB of decompressed bytes. Time and memory are
/// bounded: a body that exceeds a <see cref="DecompressionBudget"/> fails like a damaged one.
/// </remarks>
internal sealed class BodyDecompressor : IDisposable
{
    // The most compressed bytes that are kept to recover the output before a damage. Most whole responses are shorter.
    private const int MaxHistory = 64 * 1024;

    // Servers apply one coding. A gateway that compresses again makes it two. More of them only multiply the length of a malicious body.
    private const int MaxCodings = 2;

    // The most decompressed bytes for which the recovery is tried, because it decompresses the body twice more. Real responses are shorter.
    private const long MaxRecoverableLength = 16 * 1024 * 1024;

    // The most plain bytes that one read skips when the body is decompressed again.
    private const int MaxSkipLength = 16 * 1024;

    private readonly DecompressionBudget _budget = new();
    private readonly Feed _feed = new();
    private readonly string[] _codings;
    private Stream? _plain;

    // The compressed bytes from the start of the body, at most MaxHistory of them.
    private PooledArray<byte> _history;

    // The number of compressed bytes so far. The history has all of them while this is at most MaxHistory.
    private long _compressedLength;

    // The number of plain bytes that the caller has read. The budget counts more: also the output of the first of two decoders.
    private long _plainLength;

    // The plain bytes before the damage that the failed read has lost and that the caller has not read yet.
    private ReadOnlyMemory<byte> _recovered;

    // The failure, thrown once all recovered bytes are read.
    private ExceptionDispatchInfo? _fault;

    private BodyDecompressor(string[] codings) => _codings = codings;

    /// <summary>Makes a decompressor for a <c>Content-Encoding</c> header.</summary>
    /// <param name="contentEncoding">The codings in the order in which they were applied.</param>
    /// <param name="decompressor">The decompressor; null when the body is not compressed.</param>
    /// <returns>False when a coding is not known, or there are more than two.</returns>
    public static bool TryCreate(IEnumerable<string> contentEncoding, out BodyDecompressor? decompressor)
    {
        string[] codings = [.. contentEncoding.Select(coding => coding.ToLowerInvariant()).Where(coding => coding != "identity")];
        bool isKnown = codings.Length <= MaxCodings && codings.All(coding => coding is "gzip" or "x-gzip" or "deflate" or "br");
        decompressor = isKnown && codings.Length > 0 ? new BodyDecompressor(codings) : null;
        return isKnown;
    }

    /// <summary>Adds a piece of the compressed body.</summary>
    /// <param name="compressed">The piece. It is not empty: the first byte of the body decides which kind of deflate it is.</param>
    public void Push(ReadOnlySpan<byte> compressed)
    {
        if (_compressedLength + compressed.Length <= MaxHistory)
        {
            _history.EnsureCapacity((int)_compressedLength + compressed.Length, keptCount: (int)_compressedLength);
            compressed.CopyTo(_history.Items.AsSpan((int)_compressedLength));
        }

        _compressedLength += compressed.Length;
        _budget.BeginPiece();
        _feed.Fill(compressed);
        _plain ??= Open(_feed, compressed, _budget);
    }

    /// <summary>Reads plain bytes.</summary>
    /// <returns>The number of bytes; zero when another piece is needed.</returns>
    /// <exception cref="InvalidDataException">The coding is damaged after the bytes that were read, or a limit is exceeded.</exception>
    /// <exception cref="InvalidOperationException">The same, for Brotli.</exception>
    public int Read(Span<byte> buffer)
    {
        if (_fault is null)
        {
            try
            {
                int length = _plain?.Read(buffer) ?? 0;
                _budget.Add(length);
                _plainLength += length;
                return length;
            }
            catch (Exception exception) when (exception is InvalidDataException or InvalidOperationException)
            {
                _fault = ExceptionDispatchInfo.Capture(exception);
                bool canRecover = !_budget.IsExceeded && _budget.BytesOfBody <= MaxRecoverableLength && _compressedLength <= MaxHistory;
                _recovered = canRecover ? Recover() : default;
            }
        }

        return ReadRecovered(buffer);
    }

    public void Dispose()
    {
        _plain?.Dispose();
        _history.Return();
    }

    private int ReadRecovered(Span<byte> buffer)
    {
        if (_recovered.IsEmpty)
        {
            _fault!.Throw();
        }

        int length = Math.Min(buffer.Length, _recovered.Length);
        _recovered.Span[..length].CopyTo(buffer);
        _recovered = _recovered[length..];
        return length;
    }

    /// <summary>Recovers the plain bytes before the damage that the caller has not read. A read that meets the damage loses its output.</summary>
    private byte[] Recover()
    {
        // A read that fails may still write one good byte into the buffer. Only the changed content of the buffer shows it. The byte can be
        // equal to one of the two markers, but not to both, so the longer result is the right one.
        byte[] recovered = DecompressAgain(marker: 0);
        byte[] other = DecompressAgain(marker: 1);
        return recovered.Length >= other.Length ? recovered : other;
    }

    /// <summary>Decompresses the history again, byte by byte, up to the damage.</summary>
    /// <param name="marker">The content of the buffer before each read. Another content after a failed read is a byte that it wrote.</param>
    /// <returns>The plain bytes that the caller has not read.</returns>
    private byte[] DecompressAgain(byte marker)
    {
        ReadOnlySpan<byte> compressed = _history.Items.AsSpan(0, (int)_compressedLength);
        var feed = new Feed(maxReadLength: 1); // A decoder hands out what it has decoded before it asks for another byte.
        feed.Fill(compressed);
        using Stream plain = Open(feed, compressed, budget: null); // The failed read has kept to the budget.
        var recovered = new ArrayBufferWriter<byte>();
        byte[] next = [marker];
        long position = 0;
        try
        {
            position = SkipBytesAlreadyRead(plain);
            while (plain.Read(next) > 0)
            {
                if (position++ >= _plainLength)
                {
                    recovered.Write(next);
                }

                next[0] = marker;
            }
        }
        catch (Exception exception) when (exception is InvalidDataException or InvalidOperationException)
        {
            if (next[0] != marker && position >= _plainLength)
            {
                recovered.Write(next);
            }
        }

        return recovered.WrittenSpan.ToArray();
    }

    /// <summary>Skips plain bytes that the caller has read, in large reads. Stops before the last 16 KiB, so that no large read meets the damage.</summary>
    /// <returns>The number of skipped bytes.</returns>
    private long SkipBytesAlreadyRead(Stream plain)
    {
        byte[] skipped = new byte[MaxSkipLength];
        long position = 0;
        while (_plainLength - position > skipped.Length && plain.Read(skipped) is > 0 and int length)
        {
            position += length;
        }

        return position;
    }

    /// <summary>Creates the chain of decoders.</summary>
    /// <param name="feed">The compressed bytes.</param>
    /// <param name="start">The first of them.</param>
    /// <param name="budget">Counts the output of the first of two decoders; null when it is not limited.</param>
    private Stream Open(Feed feed, ReadOnlySpan<byte> start, DecompressionBudget? budget)
    {
        // The coding that was applied last is undone first.
        Stream plain = feed;
        for (int i = _codings.Length - 1; i >= 0; i--)
        {
            bool isOutermost = i == _codings.Length - 1;
            Stream input = isOutermost || budget is null ? plain : new BudgetedStream(plain, budget);
            plain = _codings[i] switch
            {
                "br" => new BrotliStream(input, CompressionMode.Decompress),
                // The first byte of an inner coding is not known yet, so the format of the standard is assumed.
                "deflate" when !isOutermost || HasZlibHeader(start) => new ZLibStream(input, CompressionMode.Decompress),
                "deflate" => new DeflateStream(input, CompressionMode.Decompress),
                _ => new GZipStream(input, CompressionMode.Decompress),
            };
        }

        return plain;
    }

    // "deflate" means the zlib format of RFC 1950, but some servers send the bare RFC 1951 data. The compression method in the first
    // byte of a zlib header is 8; read as bare deflate data, that byte would begin a stored block with padding bits set, which no
    // compressor writes.
    private static bool HasZlibHeader(ReadOnlySpan<byte> start) => !start.IsEmpty && (start[0] & 0x0F) == 8;

    /// <summary>The compressed pieces as a stream. It returns zero bytes until the next piece comes.</summary>
    /// <remarks>The framework's decoders then return zero, too, and continue when a later read returns bytes.</remarks>
    /// <param name="maxReadLength">The most bytes that one read returns.</param>
    private sealed class Feed(int maxReadLength = int.MaxValue) : ReadOnlyStream
    {
        private byte[] _piece = [];
        private int _start;
        private int _end;

        /// <summary>Replaces the piece before, which was read completely.</summary>
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

        public override int Read(Span<byte> buffer)
        {
            int count = Math.Min(Math.Min(buffer.Length, maxReadLength), _end - _start);
            _piece.AsSpan(_start, count).CopyTo(buffer);
            _start += count;
            return count;
        }
    }
}
