namespace UsageCapture.Testing.Replay;

/// <summary>Checks that the chunks of a recording add up to its body.</summary>
internal static class ChunkValidation
{
    /// <summary>Throws if a chunk is empty, or if the chunks do not add up to the body.</summary>
    /// <param name="recording">The recording.</param>
    /// <param name="source">The path or name of the recording, for messages.</param>
    /// <exception cref="InvalidDataException">The chunks are invalid. The message gives the lengths.</exception>
    public static void ThrowIfInvalid(Recording recording, string source)
    {
        if (recording.Response.Chunks is not { } chunks)
        {
            return; // Without chunks, the body is delivered as one.
        }

        long sum = 0; // A long, because the lengths come from a file and can overflow an int.
        foreach (RecordedChunk chunk in chunks)
        {
            if (chunk.Length <= 0)
            {
                throw new InvalidDataException(
                    $"A chunk of the recording '{source}' has the length {chunk.Length}. Write a length of at least one byte.");
            }

            sum += chunk.Length;
        }

        if (sum != recording.Body.Length)
        {
            throw new InvalidDataException(
                $"The chunks of the recording '{source}' add up to {sum} bytes, but its body has {recording.Body.Length}. "
                + "If line endings of the body were changed, mark its files as -text in .gitattributes. If the body was edited, remove the chunks.");
        }
    }
}
