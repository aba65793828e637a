using System.IO.Compression;

namespace UsageCapture.TestSupport;

/// <summary>Undoes content codings of a whole body, with the framework's streams.</summary>
internal static class ContentCoding
{
    /// <summary>Undoes the codings.</summary>
    /// <returns>The plain bytes; null when a coding is not known or damaged.</returns>
    public static byte[]? Undo(byte[] body, IEnumerable<string> codings) => codings.Reverse().Aggregate<string, byte[]?>(
        body, (encoded, coding) => encoded is null ? null : coding switch
        {
            "gzip" => Read(encoded, stream => new GZipStream(stream, CompressionMode.Decompress)),
            "br" => Read(encoded, stream => new BrotliStream(stream, CompressionMode.Decompress)),
            "deflate" => Read(encoded, stream => new ZLibStream(stream, CompressionMode.Decompress))
                ?? Read(encoded, stream => new DeflateStream(stream, CompressionMode.Decompress)),
            _ => null,
        });

    private static byte[]? Read(byte[] encoded, Func<Stream, Stream> open)
    {
        using Stream stream = open(new MemoryStream(encoded));
        using var plain = new MemoryStream();
        try
        {
            stream.CopyTo(plain);
            return plain.ToArray();
        }
        catch (Exception exception) when (exception is InvalidDataException or InvalidOperationException)
        {
            return null;
        }
    }
}
