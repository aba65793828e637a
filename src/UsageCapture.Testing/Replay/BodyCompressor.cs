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
                long start = compressed.Length;
                gzip.Write(rest[..chunk.Length]);
                gzip.Flush();
                chunks.Add(chunk with { Length = (int)(compressed.Length - start) });
                rest = rest[chunk.Length..];
            }

            gzip.Write(rest);
        }

        // Disposing the stream has written the gzip trailer behind the last chunk.
        int trailerLength = (int)compressed.Length - chunks.Sum(chunk => chunk.Length);
        if (trailerLength > 0)
        {
            chunks.Add(new RecordedChunk { Length = trailerLength });
        }

        return recording with
        {
            Body = compressed.ToArray(),
            Response = recording.Response.WithHeader("content-encoding", "gzip") with { Chunks = recording.Response.Chunks is null ? null : chunks },
        };
    }
}
