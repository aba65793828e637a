using System.IO.Compression;

namespace UsageCapture.Benchmarks.Bodies;

/// <summary>Compresses a stream of events as servers do, flushing after each.</summary>
internal static class GzipBody
{
    public static Body Create(Body plain)
    {
        using var encoded = new MemoryStream();
        int[] ends = new int[plain.EventEnds.Length];
        using (var gzip = new GZipStream(encoded, CompressionLevel.Optimal, leaveOpen: true))
        {
            int start = 0;
            for (int i = 0; i < ends.Length; i++)
            {
                gzip.Write(plain.Bytes, start, plain.EventEnds[i] - start);
                gzip.Flush();
                start = plain.EventEnds[i];
                ends[i] = (int)encoded.Length;
            }
        }

        ends[^1] = (int)encoded.Length;
        return plain with { Bytes = encoded.ToArray(), EventEnds = ends, Inflated = plain.Bytes };
    }
}
