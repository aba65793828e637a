using System.Buffers.Binary;
using System.IO.Compression;

namespace UsageCapture.Tests.Decoding.EventStream;

/// <summary>The CRC-32 of bytes as zlib computes it: a gzip file ends with that of its plain content.</summary>
internal static class GzipChecksum
{
    private const int TrailerSize = 8;

    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return 0; // For nothing, GZipStream writes no file.
        }

        using var file = new MemoryStream();
        using (var gzip = new GZipStream(file, CompressionLevel.NoCompression, leaveOpen: true))
        {
            gzip.Write(bytes);
        }

        return BinaryPrimitives.ReadUInt32LittleEndian(file.ToArray().AsSpan()[^TrailerSize..]);
    }
}
