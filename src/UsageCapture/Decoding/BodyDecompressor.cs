using System.Buffers;
using System.IO.Compression;
using System.Runtime.ExceptionServices;

namespace UsageCapture.Decoding;

/// <summary>Decompresses a body that comes in pieces.</summary>
/// <remarks>
/// Call <see cref="Push"/> with a piece, and then <see cref="Read"/> until it returns zero. When the coding is damaged, the bytes before
/// the damage are the same in every cut, as long as the compressed bytes until there are not more than 64 KiB. Time and memory are bounded:
/// a body that exceeds a <see cref="DecompressionBudget"/> fails like a damaged one.
/// </remarks>
internal sealed class BodyDecompressor : IDisposable
{
    // The length of most whole responses. It bounds the memory of each compressed one.
    private const int MaxHistory = 64 * 1024;

    // Servers apply one coding. A gateway that compresses again makes it two. More of them only multiply the length of a malicious body.
    private const int MaxCodings = 2;

    // The body is decompressed again, twice, to recover the bytes before the damage. Real responses are far below this.
    private const long MaxRecoverableLength = 16 * 1024 * 1024;

    // The plain bytes that are skipped at once when the body is decompressed again.
    private const int MaxSkippedAtOnce = 16 * 1024;

    private readonly DecompressionBudget _budget = new();
    private readonly Feed _feed = new();
    private readonly string[] _codings;
    private Stream? _plain;

    // The compressed bytes so far, as long as they are not too many, and the number of plain bytes that were read.
    private PooledArray<byte> _history;
    private long _historyLength;
    private long _plainLength;

    // The bytes before the damage that the failed read has lost, and the failure that follows them.
    private ReadOnlyMemory<byte> _recovered;
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
    public void Push(ReadOnlySpan<byte> compressed)
    {
        if (_historyLength + compressed.Length <= MaxHistory)
        {
            _history.EnsureCapacity((int)_historyLength + compressed.Length, kept: (int)_historyLength);
            compressed.CopyTo(_history.Items.AsSpan((int)_historyLength));
        }

        _historyLength += compressed.Length;
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
                bool canRecover = !_budget.IsExceeded && _budget.BodyLength <= MaxRecoverableLength && _historyLength <= MaxHistory;
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

    /// <summary>Decompresses the body again up to the damage. A read that meets the damage loses its output, so this reads byte by byte.</summary>
    private byte[] Recover()
    {
        // The last read may write its byte before it fails. One of two markers is certainly another byte than that.
        byte[] recovered = Recover(marker: 0);
        byte[] other = Recover(marker: 1);
        return recovered.Length >= other.Length ? recovered : other;
    }

    private byte[] Recover(byte marker)
    {
        ReadOnlySpan<byte> compressed = _history.Items.AsSpan(0, (int)_historyLength);
        var feed = new Feed(maxRead: 1); // A decoder hands out what it has decoded before it asks for another byte.
        feed.Fill(compressed);
        using Stream plain = Open(feed, compressed, budget: null); // The failed read has kept to the budget.
        var recovered = new ArrayBufferWriter<byte>();
        byte[] next = [marker];
        long position = 0;
        try
        {
            position = SkipKnown(plain);
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

    /// <summary>Reads plain bytes that were read before, all but the last ones, in large pieces.</summary>
    /// <returns>The number of bytes.</returns>
    private long SkipKnown(Stream plain)
    {
        byte[] skipped = new byte[MaxSkippedAtOnce];
        long position = 0;
        while (_plainLength - position > skipped.Length && plain.Read(skipped) is > 0 and int length)
        {
            position += length;
        }

        return position;
    }

    private Stream Open(Feed feed, ReadOnlySpan<byte> start, DecompressionBudget? budget)
    {
        // The coding that was applied last is undone first.
        Stream plain = feed;
        for (int i = _codings.Length - 1; i >= 0; i--)
        {
            bool isFirst = i == _codings.Length - 1;
            Stream input = isFirst || budget is null ? plain : new BudgetedStream(plain, budget);
            plain = _codings[i] switch
            {
                "br" => new BrotliStream(input, CompressionMode.Decompress),
                "deflate" when !isFirst || HasZlibHeader(start) => new ZLibStream(input, CompressionMode.Decompress),
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
    private sealed class Feed(int maxRead = int.MaxValue) : ReadOnlyStream
    {
        private byte[] _piece = [];
        private int _start;
        private int _end;

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
            int count = Math.Min(Math.Min(buffer.Length, maxRead), _end - _start);
            _piece.AsSpan(_start, count).CopyTo(buffer);
            _start += count;
            return count;
        }
    }
}
