using System.IO.Compression;

namespace UsageCapture.Testing.Replay;

/// <summary>Compresses a body as a server does that streams: flushed at the end of each chunk.</summary>
internal static class GzippedBody
{
    public static Recording Of(Recording recording)
    {
        if (recording.Response.Header("content-encoding") is { Length: > 0 } coding)
        {
            throw new InvalidOperationException($"The body of the recording '{recording}' is compressed already ({coding}).");
        }

        ChunkLengths.Check(recording, recording.Name);
        using var file = new MemoryStream();
        List<RecordedChunk> chunks = [];
        using (var gzip = new GZipStream(file, CompressionLevel.Optimal, leaveOpen: true))
        {
            ReadOnlySpan<byte> rest = recording.Body.Span;
            foreach (RecordedChunk chunk in recording.Response.Chunks ?? [])
            {
                long start = file.Length;
                gzip.Write(rest[..chunk.Length]);
                gzip.Flush();
                chunks.Add(chunk with { Length = (int)(file.Length - start) });
                rest = rest[chunk.Length..];
            }

            gzip.Write(rest);
        }

        int trailer = (int)file.Length - chunks.Sum(chunk => chunk.Length);
        return recording with
        {
            Body = file.ToArray(),
            Response = recording.Response.WithHeader("content-encoding", "gzip") with
            {
                Chunks = recording.Response.Chunks is null ? null : [.. chunks.Append(new RecordedChunk(trailer)).Where(chunk => chunk.Length > 0)],
            },
        };
    }
}
