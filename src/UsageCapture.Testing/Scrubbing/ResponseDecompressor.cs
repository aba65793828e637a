using System.IO.Compression;

namespace UsageCapture.Testing.Scrubbing;

/// <summary>Decompresses a response body, because secrets cannot be found in a compressed one.</summary>
internal static class ResponseDecompressor
{
    /// <summary>Returns the decompressed body.</summary>
    /// <param name="body">The compressed body.</param>
    /// <param name="coding">The value of the Content-Encoding header.</param>
    /// <param name="recordingName">The name of the recording, for messages.</param>
    /// <exception cref="NotSupportedException">The coding is not gzip, deflate, br or identity.</exception>
    public static byte[] Decompress(byte[] body, string coding, string recordingName)
    {
        using var compressed = new MemoryStream(body);
        using Stream decoder = coding.ToLowerInvariant() switch
        {
            "gzip" or "x-gzip" => new GZipStream(compressed, CompressionMode.Decompress),
            "deflate" => new ZLibStream(compressed, CompressionMode.Decompress), // RFC 9110: the coding "deflate" is the zlib format.
            "br" => new BrotliStream(compressed, CompressionMode.Decompress),
            "identity" => compressed,
            _ => throw new NotSupportedException(
                $"The response to be recorded as '{recordingName}' is compressed with '{coding}', so its secrets cannot be overwritten. "
                + "Set Accept-Encoding to gzip, deflate or br."),
        };
        using var plain = new MemoryStream();
        decoder.CopyTo(plain);
        return plain.ToArray();
    }
}
