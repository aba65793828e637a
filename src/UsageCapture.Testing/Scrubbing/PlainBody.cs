using System.IO.Compression;

namespace UsageCapture.Testing.Scrubbing;

/// <summary>Undoes the compression of a body that is to be scrubbed.</summary>
internal static class PlainBody
{
    public static byte[] Of(byte[] body, string coding, string name)
    {
        using var encoded = new MemoryStream(body);
        using Stream decoder = coding.ToLowerInvariant() switch
        {
            "gzip" or "x-gzip" => new GZipStream(encoded, CompressionMode.Decompress),
            "deflate" => new ZLibStream(encoded, CompressionMode.Decompress),
            "br" => new BrotliStream(encoded, CompressionMode.Decompress),
            "identity" => encoded,
            _ => throw new NotSupportedException(
                $"The response to be recorded as '{name}' is compressed with '{coding}', which cannot be scrubbed. Do not ask for it: set Accept-Encoding to gzip, deflate or br."),
        };
        using var plain = new MemoryStream();
        decoder.CopyTo(plain);
        return plain.ToArray();
    }
}
