namespace UsageCapture.Decoding;

/// <summary>Limits the bytes that are decompressed from one body, because a few kilobytes can decompress to terabytes.</summary>
/// <remarks>
/// <see cref="BodyDecompressor"/> calls <see cref="BeginPiece"/> for each piece of the compressed body, and <see cref="Add"/> for the output
/// of each decoder. With two content codings, the output of both decoders counts.
/// </remarks>
internal sealed class DecompressionBudget
{
    // 256 times the longest compressed piece of 16 KiB. JSON and events compress to a tenth or a twentieth. Decoding that much takes some
    // milliseconds.
    internal const int MaxBytesOfPiece = 4 * 1024 * 1024;

    // The largest real responses, with images or thousands of embeddings, have about 100 MB. Decoding that much takes about a second.
    internal const long MaxBytesOfBody = 256 * 1024 * 1024;

    private long _pieceByteCount;

    /// <summary>Gets the number of bytes that all decoders have returned for the body.</summary>
    public long BytesOfBody { get; private set; }

    /// <summary>Gets whether a limit was exceeded. Nothing more may be decompressed then, not even to recover lost bytes.</summary>
    public bool IsExceeded => _pieceByteCount > MaxBytesOfPiece || BytesOfBody > MaxBytesOfBody;

    /// <summary>Begins the next piece of the compressed body, which has its own limit.</summary>
    public void BeginPiece() => _pieceByteCount = 0;

    /// <summary>Counts bytes that a decoder has returned.</summary>
    /// <exception cref="InvalidDataException">A limit is exceeded.</exception>
    public void Add(int length)
    {
        _pieceByteCount += length;
        BytesOfBody += length;
        if (IsExceeded)
        {
            throw new InvalidDataException(
                $"The body decompresses to more than {MaxBytesOfPiece} bytes for one piece, or {MaxBytesOfBody} bytes in total.");
        }
    }
}
