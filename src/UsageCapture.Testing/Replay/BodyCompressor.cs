using System.IO.Compression;

namespace UsageCapture.Testing.Replay;

/// <summary>Compresses the body of a recording as a streaming server does: flushed after each chunk.</summary>
internal static class BodyCompressor
{
    /// <summary>Returns a copy with a gzip body, the matching header, and one compressed chunk for each original one.</summary>
    /// <exception cref="InvalidOperationException">The body is already compressed.</exception>
    public static Recording Gzip(Recording recording)
    {
        if (recording.Response.GetHeader("content-encoding") is { Length: > 0 } coding)
        {
            throw new InvalidOperationException($"The body of the recording '{recording}' is compressed already ({coding}).");
        }

        ChunkValidation.ThrowIfInvalid(recording, recording.Name);
        using var compressed = new MemoryStream();
        List<RecordedChunk> chunks = [];
        using (var gzip = new GZipStream(compressed, CompressionLevel.Optimal, leaveOpen: true))
        {
            ReadOnlySpan<byte> rest = recording.Body.Span;
            foreach (RecordedChunk chunk in recording.Response.Chunks ?? [])
            {
                long chunkStart = compressed.Length;
                gzip.Write(rest[..chunk.Length]);
                gzip.Flush(); // Ends a deflate block, so that a reader can decompress everything up to here.
                chunks.Add(chunk with { Length = (int)(compressed.Length - chunkStart) });
                rest = rest[chunk.Length..];
            }

            gzip.Write(rest); // The whole body if the recording has no chunks; otherwise empty.
        }

        // Disposing the stream has written the gzip trailer after the last chunk. It becomes a chunk of its own.
        int trailerLength = (int)compressed.Length - chunks.Sum(chunk => chunk.Length);
        if (trailerLength > 0)
        {
            chunks.Add(new RecordedChunk { Length = trailerLength });
        }

        RecordedResponse response = recording.Response.WithHeader("content-encoding", "gzip");
        return recording with
        {
            Body = compressed.ToArray(),
            Response = response with { Chunks = response.Chunks is null ? null : chunks },
        };
    }
}
