using System.IO.Compression;

namespace UsageCapture.Testing.Scrubbing;

/// <summary>Decompresses a response body, because secrets cannot be found in a compressed one.</summary>
internal static class ResponseDecompressor
{
    /// <summary>Returns the decompressed body. If the compressed body was cut off, the result ends where the data ends.</summary>
    /// <param name="body">The compressed body.</param>
    /// <param name="coding">The value of the Content-Encoding header.</param>
    /// <param name="recordingName">The name of the recording, for messages.</param>
    /// <exception cref="NotSupportedException">The coding is not gzip, deflate, br or identity.</exception>
    /// <exception cref="InvalidDataException">The body is damaged.</exception>
    public static byte[] Decompress(byte[] body, string coding, string recordingName)
    {
        using var source = new MemoryStream(body);
        using Stream decoder = coding.ToLowerInvariant() switch
        {
            "gzip" or "x-gzip" => new GZipStream(source, CompressionMode.Decompress),
            "deflate" => new ZLibStream(source, CompressionMode.Decompress), // RFC 9110: the coding "deflate" is the zlib format.
            "br" => new BrotliStream(source, CompressionMode.Decompress),
            "identity" => source, // The body is not compressed.
            _ => throw new NotSupportedException(
                $"The response to be recorded as '{recordingName}' is compressed with '{coding}', so its secrets cannot be overwritten. "
                + "Set the Accept-Encoding header of the request to gzip, deflate or br."),
        };
        using var plain = new MemoryStream();
        decoder.CopyTo(plain);
        return plain.ToArray();
    }
}
