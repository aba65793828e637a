using System.Buffers.Binary;

namespace UsageCapture.Testing.Replay;

/// <summary>Cuts bodies into chunks.</summary>
internal static class Pieces
{
    private const int LongestRandomPiece = 400;

    public static IReadOnlyList<RecordedChunk> Of(int length, int bodyLength)
    {
        List<RecordedChunk> chunks = new(capacity: (int)(((long)bodyLength + length - 1) / length));
        for (int start = 0; start < bodyLength; start += chunks[^1].Length)
        {
            chunks.Add(new RecordedChunk(Math.Min(length, bodyLength - start)));
        }

        return chunks;
    }

    public static IReadOnlyList<RecordedChunk> Random(int seed, int bodyLength)
    {
        List<RecordedChunk> chunks = [];
        uint state = (uint)seed;
        for (int start = 0; start < bodyLength; start += chunks[^1].Length)
        {
            // Numerical Recipes' generator: the same cuts for a seed in every version of .NET.
            state = (state * 1664525) + 1013904223;
            int length = 1 + (int)((state >> 16) % ((state >> 8) % 4 == 0 ? 3 : LongestRandomPiece));
            chunks.Add(new RecordedChunk(Math.Min(length, bodyLength - start)));
        }

        return chunks;
    }

    public static IReadOnlyList<RecordedChunk> Events(Recording recording)
    {
        if (recording.Response.Header("content-encoding") is { Length: > 0 } coding)
        {
            throw new InvalidOperationException(
                $"The body of the recording '{recording}' is compressed ({coding}): its events cannot be told apart. Cut it first and compress it afterwards, with Gzipped().");
        }

        string contentType = recording.Response.Header("content-type") ?? "";
        List<RecordedChunk> chunks = [];
        for (ReadOnlySpan<byte> rest = recording.Body.Span; !rest.IsEmpty; rest = rest[chunks[^1].Length..])
        {
            int length = contentType.Contains("vnd.amazon.eventstream", StringComparison.OrdinalIgnoreCase) ? EndOfMessage(rest)
                : contentType.Contains("ndjson", StringComparison.OrdinalIgnoreCase) ? EndOfLine(rest)
                : EndOfEvent(rest);
            chunks.Add(new RecordedChunk(length));
        }

        return chunks;
    }

    /// <summary>Gives the length of the line at the front, its end included: CR, LF or CRLF.</summary>
    private static int EndOfLine(ReadOnlySpan<byte> rest)
    {
        int end = rest.IndexOfAny((byte)'\r', (byte)'\n');
        return end < 0 ? rest.Length : rest[end..].StartsWith("\r\n"u8) ? end + 2 : end + 1;
    }

    /// <summary>Gives the length of the event at the front, up to and with its blank lines.</summary>
    private static int EndOfEvent(ReadOnlySpan<byte> rest)
    {
        int length = 0;
        bool hasBlankLine = false;
        while (length < rest.Length)
        {
            int line = EndOfLine(rest[length..]);
            bool isBlank = rest[length] is (byte)'\r' or (byte)'\n';
            if (hasBlankLine && !isBlank)
            {
                return length;
            }

            hasBlankLine = isBlank && length > 0;
            length += line;
        }

        return length;
    }

    /// <summary>Gives the length of the message at the front, which stands in its first four bytes.</summary>
    private static int EndOfMessage(ReadOnlySpan<byte> rest) =>
        rest.Length >= sizeof(int) && BinaryPrimitives.ReadInt32BigEndian(rest) is > 0 and int length && length <= rest.Length ? length : rest.Length;
}
