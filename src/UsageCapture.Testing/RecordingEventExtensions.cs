using UsageCapture.Testing.Replay;

namespace UsageCapture.Testing;

/// <summary>Finds the events in the body of a recording: server-sent events, JSON lines, or messages in Amazon's event stream format.</summary>
public static class RecordingEventExtensions
{
    /// <summary>Returns the events of the body.</summary>
    /// <param name="recording">The recording.</param>
    /// <returns>The bytes of each event, with the blank lines or the line end after the event. Together, the events are the body.</returns>
    /// <exception cref="InvalidOperationException">The body is compressed, so its events cannot be found.</exception>
    public static IReadOnlyList<ReadOnlyMemory<byte>> GetEvents(this Recording recording)
    {
        ArgumentNullException.ThrowIfNull(recording);
        List<ReadOnlyMemory<byte>> events = [];
        int eventStart = 0;
        foreach (RecordedChunk eventChunk in BodySplitter.SplitByEvent(recording)) // Each chunk is one event.
        {
            events.Add(recording.Body.Slice(eventStart, eventChunk.Length));
            eventStart += eventChunk.Length;
        }

        return events;
    }

    /// <summary>Returns the total length of the first events, for example to fail after them: <c>hello.ResetAfter(hello.LengthOfFirstEvents(2))</c>.</summary>
    /// <param name="recording">The recording.</param>
    /// <param name="eventCount">The number of events, from 0 to the number of events in the body.</param>
    /// <returns>Their total length in bytes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The body has fewer events.</exception>
    /// <exception cref="InvalidOperationException">The body is compressed, so its events cannot be found.</exception>
    public static int LengthOfFirstEvents(this Recording recording, int eventCount)
    {
        ArgumentNullException.ThrowIfNull(recording);
        IReadOnlyList<RecordedChunk> eventChunks = BodySplitter.SplitByEvent(recording);
        if (eventCount < 0 || eventCount > eventChunks.Count)
        {
            throw new ArgumentOutOfRangeException(
                nameof(eventCount),
                eventCount,
                $"The recording '{recording}' has {eventChunks.Count} events. Choose a number from 0 to {eventChunks.Count}.");
        }

        return eventChunks.Take(eventCount).Sum(eventChunk => eventChunk.Length);
    }
}
