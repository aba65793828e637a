using System.Buffers.Binary;

namespace UsageCapture.Testing.Replay;

/// <summary>Splits the body of a recording into chunks: by length, at random, or by event.</summary>
internal static class BodySplitter
{
    private const int MaxRandomLength = 400; // Longer than most events, so that some chunks hold several.
    private const int MaxShortRandomLength = 3; // Short enough to cut line ends and UTF-8 characters.

    /// <summary>Splits into chunks of one length. The last one can be shorter.</summary>
    public static IReadOnlyList<RecordedChunk> SplitByLength(int bodyLength, int chunkLength)
    {
        int chunkCount = (int)(((long)bodyLength + chunkLength - 1) / chunkLength);
        List<RecordedChunk> chunks = new(chunkCount);
        for (int offset = 0; offset < bodyLength; offset += chunks[^1].Length)
        {
            chunks.Add(new RecordedChunk { Length = Math.Min(chunkLength, bodyLength - offset) });
        }

        return chunks;
    }

    /// <summary>Splits at random positions. About one chunk in four is very short. The same seed always gives the same chunks.</summary>
    public static IReadOnlyList<RecordedChunk> SplitRandomly(int bodyLength, int seed)
    {
        List<RecordedChunk> chunks = [];
        uint state = unchecked((uint)seed); // A negative seed is allowed, too.
        for (int offset = 0; offset < bodyLength; offset += chunks[^1].Length)
        {
            // The linear congruential generator of "Numerical Recipes". System.Random could give other numbers in another version of .NET.
            // The lowest bits are not used, because they repeat after a few numbers. Different bits decide on the kind and on the length.
            state = unchecked((state * 1664525) + 1013904223);
            bool isShort = (state >> 8) % 4 == 0;
            int maxLength = isShort ? MaxShortRandomLength : MaxRandomLength;
            int length = 1 + (int)((state >> 16) % maxLength);
            chunks.Add(new RecordedChunk { Length = Math.Min(length, bodyLength - offset) });
        }

        return chunks;
    }

    /// <summary>Splits after each event.</summary>
    /// <remarks>The content type decides the format: Amazon's event stream, JSON lines (<c>ndjson</c>), or server-sent events for all others.</remarks>
    /// <exception cref="InvalidOperationException">The body is compressed.</exception>
    public static IReadOnlyList<RecordedChunk> SplitByEvent(Recording recording)
    {
        if (recording.Response.GetContentCoding() is { } coding)
        {
            throw new InvalidOperationException(
                $"The body of the recording '{recording}' is compressed ({coding}), so its events cannot be found. "
                + "Split it first and compress it afterwards, with Gzipped().");
        }

        string contentType = recording.Response.GetHeader("content-type") ?? "";
        bool isAmazonEventStream = contentType.Contains("vnd.amazon.eventstream", StringComparison.OrdinalIgnoreCase);
        bool isJsonLines = contentType.Contains("ndjson", StringComparison.OrdinalIgnoreCase);
        List<RecordedChunk> chunks = [];
        for (ReadOnlySpan<byte> rest = recording.Body.Span; !rest.IsEmpty; rest = rest[chunks[^1].Length..])
        {
            int length = isAmazonEventStream ? GetAmazonMessageLength(rest)
                : isJsonLines ? GetLineLength(rest)
                : GetServerSentEventLength(rest);
            chunks.Add(new RecordedChunk { Length = length });
        }

        return chunks;
    }

    /// <summary>Returns the length of the first line, including its end: CR, LF or CRLF.</summary>
    private static int GetLineLength(ReadOnlySpan<byte> bytes)
    {
        int end = bytes.IndexOfAny((byte)'\r', (byte)'\n');
        if (end < 0)
        {
            return bytes.Length;
        }

        return bytes[end..].StartsWith("\r\n"u8) ? end + 2 : end + 1;
    }

    /// <summary>Returns the length of the first server-sent event, including all blank lines after it.</summary>
    private static int GetServerSentEventLength(ReadOnlySpan<byte> bytes)
    {
        int length = 0; // The length of the lines that belong to the event.
        bool followsBlankLine = false;
        while (length < bytes.Length)
        {
            bool isBlankLine = bytes[length] is (byte)'\r' or (byte)'\n';
            if (followsBlankLine && !isBlankLine)
            {
                return length;
            }

            // A blank line at the very start does not end an event, because the event has no lines yet.
            followsBlankLine = isBlankLine && length > 0;
            length += GetLineLength(bytes[length..]);
        }

        return length;
    }

    /// <summary>Returns the length of the first Amazon message; the length of all bytes if the message is incomplete.</summary>
    private static int GetAmazonMessageLength(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < sizeof(int))
        {
            return bytes.Length;
        }

        // A message starts with its total length, as a big-endian integer of four bytes.
        int length = BinaryPrimitives.ReadInt32BigEndian(bytes);
        return length > 0 && length <= bytes.Length ? length : bytes.Length;
    }
}
