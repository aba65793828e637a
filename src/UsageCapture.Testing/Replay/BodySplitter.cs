using System.Buffers.Binary;

namespace UsageCapture.Testing.Replay;

/// <summary>Splits the body of a recording into chunks: by length, at random, or by event.</summary>
internal static class BodySplitter
{
    private const int MaxRandomLength = 400; // Longer than most events, so that some chunks hold several.
    private const int MaxShortRandomLength = 3; // Short enough to cut line ends and UTF-8 characters.

    public static IReadOnlyList<RecordedChunk> SplitByLength(int bodyLength, int chunkLength)
    {
        List<RecordedChunk> chunks = new(capacity: (int)(((long)bodyLength + chunkLength - 1) / chunkLength));
        for (int start = 0; start < bodyLength; start += chunks[^1].Length)
        {
            chunks.Add(new RecordedChunk { Length = Math.Min(chunkLength, bodyLength - start) });
        }

        return chunks;
    }

    /// <summary>Splits at random positions. About one chunk in four is very short.</summary>
    public static IReadOnlyList<RecordedChunk> SplitRandomly(int bodyLength, int seed)
    {
        List<RecordedChunk> chunks = [];
        uint state = (uint)seed;
        for (int start = 0; start < bodyLength; start += chunks[^1].Length)
        {
            // The generator of "Numerical Recipes". System.Random could give other numbers in another version of .NET.
            state = (state * 1664525) + 1013904223;
            bool isShort = (state >> 8) % 4 == 0;
            int length = 1 + (int)((state >> 16) % (isShort ? MaxShortRandomLength : MaxRandomLength));
            chunks.Add(new RecordedChunk { Length = Math.Min(length, bodyLength - start) });
        }

        return chunks;
    }

    /// <summary>Splits after each event. The content type decides the format; the default is server-sent events.</summary>
    /// <exception cref="InvalidOperationException">The body is compressed.</exception>
    public static IReadOnlyList<RecordedChunk> SplitByEvent(Recording recording)
    {
        if (recording.Response.GetHeader("content-encoding") is { Length: > 0 } coding)
        {
            throw new InvalidOperationException(
                $"The body of the recording '{recording}' is compressed ({coding}), so its events cannot be found. Split it first and compress it afterwards, with Gzipped().");
        }

        string contentType = recording.Response.GetHeader("content-type") ?? "";
        bool isAmazonEventStream = contentType.Contains("vnd.amazon.eventstream", StringComparison.OrdinalIgnoreCase);
        bool isJsonLines = contentType.Contains("ndjson", StringComparison.OrdinalIgnoreCase);
        List<RecordedChunk> chunks = [];
        for (ReadOnlySpan<byte> rest = recording.Body.Span; !rest.IsEmpty; rest = rest[chunks[^1].Length..])
        {
            int length = isAmazonEventStream ? GetMessageLength(rest)
                : isJsonLines ? GetLineLength(rest)
                : GetEventLength(rest);
            chunks.Add(new RecordedChunk { Length = length });
        }

        return chunks;
    }

    /// <summary>Returns the length of the first line, including its end: CR, LF or CRLF.</summary>
    private static int GetLineLength(ReadOnlySpan<byte> rest)
    {
        int end = rest.IndexOfAny((byte)'\r', (byte)'\n');
        return end < 0 ? rest.Length : rest[end..].StartsWith("\r\n"u8) ? end + 2 : end + 1;
    }

    /// <summary>Returns the length of the first server-sent event, including all blank lines after it.</summary>
    private static int GetEventLength(ReadOnlySpan<byte> rest)
    {
        int length = 0;
        bool followsBlankLine = false;
        while (length < rest.Length)
        {
            bool isBlank = rest[length] is (byte)'\r' or (byte)'\n';
            if (followsBlankLine && !isBlank)
            {
                return length;
            }

            // A blank line at the very start ends no event.
            followsBlankLine = isBlank && length > 0;
            length += GetLineLength(rest[length..]);
        }

        return length;
    }

    /// <summary>Returns the length of the first Amazon message. Its first four bytes hold it. Incomplete messages extend to the end.</summary>
    private static int GetMessageLength(ReadOnlySpan<byte> rest) =>
        rest.Length >= sizeof(int) && BinaryPrimitives.ReadInt32BigEndian(rest) is > 0 and int length && length <= rest.Length ? length : rest.Length;
}
