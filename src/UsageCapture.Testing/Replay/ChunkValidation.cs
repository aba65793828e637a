namespace UsageCapture.Testing.Replay;

/// <summary>Checks the chunks of a recording: their lengths, their delays, and that they add up to the body.</summary>
internal static class ChunkValidation
{
    /// <summary>Throws if a chunk is empty or has a negative delay, or if the chunks do not add up to the body.</summary>
    /// <param name="recording">The recording.</param>
    /// <param name="location">The path, resource name or name of the recording, for messages.</param>
    /// <exception cref="InvalidDataException">The chunks are invalid. The message gives the wrong number.</exception>
    public static void ThrowIfInvalid(Recording recording, string location)
    {
        if (recording.Response.Chunks is not { } chunks)
        {
            return; // A recording without chunks has nothing to check.
        }

        long sum = 0; // A long, because the lengths come from a file and can overflow an int.
        foreach (RecordedChunk chunk in chunks)
        {
            if (chunk.Length <= 0)
            {
                throw new InvalidDataException(
                    $"A chunk of the recording '{location}' has the length {chunk.Length}. Write a length of at least one byte.");
            }

            if (chunk.Delay < TimeSpan.Zero)
            {
                throw new InvalidDataException(FormattableString.Invariant(
                    $"A chunk of the recording '{location}' has the delay_ms {chunk.Delay.TotalMilliseconds}. Write zero or more, or omit it."));
            }

            sum += chunk.Length;
        }

        if (sum != recording.Body.Length)
        {
            throw new InvalidDataException(
                $"The chunks of the recording '{location}' add up to {sum} bytes, but its body has {recording.Body.Length}. "
                + "If line endings of the body were changed, mark the body file as -text in .gitattributes. If the body was edited, remove the chunks.");
        }
    }
}
