using System.Buffers.Binary;

namespace UsageCapture.Tests.FieldCases;

/// <summary>An answer of the server in a field case.</summary>
/// <param name="Status">The status.</param>
/// <param name="When">Which requests it answers: "asked", "unasked" or "any".</param>
/// <param name="Headers">The headers, also those of the content.</param>
/// <param name="Body">The body.</param>
internal sealed record FieldResponse(int Status, string When, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    /// <summary>Finds where each event of the body ends. The last end is that of the body.</summary>
    public IReadOnlyList<int> FindEventEnds()
    {
        List<int> ends = [];
        if (Headers.TryGetValue("content-type", out string? type) && type.Contains("amazon.eventstream", StringComparison.Ordinal))
        {
            for (int at = 0; at + 4 <= Body.Length;)
            {
                at += BinaryPrimitives.ReadInt32BigEndian(Body.AsSpan(at));
                ends.Add(Math.Min(at, Body.Length));
            }
        }
        else
        {
            for (int at = 0; Body.AsSpan(at).IndexOf((byte)'\n') is >= 0 and int length;)
            {
                at += length + 1;
                bool isEventEnd = at < Body.Length && Body[at] is (byte)'\n' or (byte)'\r';
                bool isLineOfObjects = Body[0] == (byte)'{';
                if (isEventEnd || isLineOfObjects)
                {
                    ends.Add(at);
                }
            }
        }

        if (ends.Count == 0 || ends[^1] != Body.Length)
        {
            ends.Add(Body.Length);
        }

        return ends;
    }
}
