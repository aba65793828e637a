using System.IO.Compression;

using UsageCapture.Testing;

namespace UsageCapture.TestSupport;

/// <summary>Compresses recordings.</summary>
internal static class Gzip
{
    /// <summary>Compresses the body as one gzip member, or as one member for each part when it is split.</summary>
    public static Recording Compress(Recording recording, params int[] splits)
    {
        using var file = new MemoryStream();
        int start = 0;
        foreach (int end in (int[])[.. splits, recording.Body.Length])
        {
            using var gzip = new GZipStream(file, CompressionLevel.Optimal, leaveOpen: true);
            gzip.Write(recording.Body.Span[start..end]);
            start = end;
        }

        return recording.WithBody(file.ToArray()).WithHeader("content-encoding", "gzip") with
        {
            Name = $"{recording.Name} in gzip{string.Concat(splits.Select(split => $", split at {split}"))}",
        };
    }

    /// <summary>Gets whether a recording is encoded already.</summary>
    public static bool IsEncoded(Recording recording) =>
        recording.Response.Headers?.Keys.Any(name => name.Equals("content-encoding", StringComparison.OrdinalIgnoreCase)) ?? false;
}
