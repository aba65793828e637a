using System.IO.Compression;

namespace UsageCapture.Testing.Replay;

/// <summary>Compresses the body of a recording as a streaming server does: flushed after each chunk.</summary>
internal static class BodyCompressor
{
    /// <summary>Returns a copy with a gzip body, the matching header, and one compressed chunk for each original one.</summary>
    /// <exception cref="InvalidOperationException">The body is already compressed, or the recording has a fault after some bytes.</exception>
    public static Recording Gzip(Recording recording)
    {
        if (recording.Response.GetContentCoding() is { } coding)
        {
            throw new InvalidOperationException($"The body of the recording '{recording}' is compressed already ({coding}).");
        }

        // The number of bytes before the fault belongs to the body that is not compressed.
        if (recording.Response.Fault is { AfterBytes: > 0 } fault)
        {
            throw new InvalidOperationException(
                $"The recording '{recording}' fails after {fault.AfterBytes} bytes of its uncompressed body. Compress it first and add the fault afterwards.");
        }

        ChunkValidation.ThrowIfInvalid(recording, location: recording.Name);
        using var compressed = new MemoryStream();
        List<RecordedChunk> compressedChunks = [];
        using (var gzip = new GZipStream(compressed, CompressionLevel.Optimal, leaveOpen: true))
        {
            ReadOnlySpan<byte> rest = recording.Body.Span;
            foreach (RecordedChunk chunk in recording.Response.Chunks ?? [])
            {
                long chunkStart = compressed.Length;
                gzip.Write(rest[..chunk.Length]);
                gzip.Flush(); // Ends a deflate block, so that a reader can decompress everything up to here.
                compressedChunks.Add(chunk with { Length = (int)(compressed.Length - chunkStart) });
                rest = rest[chunk.Length..];
            }

            gzip.Write(rest); // The whole body if the recording has no chunks; otherwise empty.
        }

        RecordedResponse response = recording.Response.WithHeader("content-encoding", "gzip");
        if (response.Chunks is { Count: > 0 })
        {
            // Disposing the gzip stream has written the gzip trailer after the last chunk. The trailer becomes a chunk of its own.
            int trailerLength = (int)compressed.Length - compressedChunks.Sum(chunk => chunk.Length);
            compressedChunks.Add(new RecordedChunk { Length = trailerLength });
            response = response with { Chunks = compressedChunks };
        }

        return recording with { Body = compressed.ToArray(), Response = response };
    }
}
