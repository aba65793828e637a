namespace UsageCapture.Testing.Replay;

/// <summary>Chunks must add up to the body that they are the pieces of.</summary>
internal static class ChunkLengths
{
    /// <summary>Throws when they do not.</summary>
    /// <exception cref="InvalidDataException">The lengths are not those of the body; the message says both.</exception>
    public static void Check(Recording recording, string source)
    {
        if (recording.Response.Chunks is not { } chunks)
        {
            return;
        }

        long sum = 0;
        foreach (RecordedChunk chunk in chunks)
        {
            sum += chunk.Length > 0
                ? chunk.Length
                : throw new InvalidDataException($"A chunk of the recording '{source}' has the length {chunk.Length}. Give lengths of one byte and more.");
        }

        if (sum != recording.Body.Length)
        {
            throw new InvalidDataException(
                $"The chunks of the recording '{source}' add up to {sum} bytes, but its body has {recording.Body.Length}. "
                + "If line ends of the body were changed, mark its files as -text in .gitattributes; if the body was edited, take the chunks out.");
        }
    }
}
