using UsageCapture.Testing.Replay;

namespace UsageCapture.Testing;

/// <summary>Changes how the body of a recording is delivered: in which chunks, with which delays, and with which failure.</summary>
/// <remarks>
/// Each method returns a changed copy. New chunks replace earlier chunks and their delays, and a new fault replaces an earlier fault.
/// Thread-safe.
/// </remarks>
public static class RecordingDeliveryExtensions
{
    /// <summary>Delivers one event per read. Server-sent events, JSON lines and Amazon's event stream format are supported.</summary>
    /// <param name="recording">The recording.</param>
    /// <returns>The changed copy.</returns>
    /// <exception cref="InvalidOperationException">
    /// The body is compressed, so its events cannot be found. Call this method before <see cref="RecordingResponseExtensions.Gzipped"/>.
    /// </exception>
    public static Recording InChunksByEvent(this Recording recording)
    {
        ArgumentNullException.ThrowIfNull(recording);
        return recording.WithChunks(BodySplitter.SplitByEvent(recording));
    }

    /// <summary>Delivers chunks of a fixed length. The last one can be shorter.</summary>
    /// <param name="recording">The recording.</param>
    /// <param name="length">The length in bytes, at least 1.</param>
    /// <returns>The changed copy.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The length is less than 1.</exception>
    public static Recording InChunksOf(this Recording recording, int length)
    {
        ArgumentNullException.ThrowIfNull(recording);
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        return recording.WithChunks(BodySplitter.SplitByLength(recording.Body.Length, length));
    }

    /// <summary>Delivers chunks of random lengths, from one byte to a few hundred. The same seed gives the same chunks.</summary>
    /// <param name="recording">The recording.</param>
    /// <param name="seed">The seed of the random numbers.</param>
    /// <returns>The changed copy.</returns>
    public static Recording InRandomChunks(this Recording recording, int seed)
    {
        ArgumentNullException.ThrowIfNull(recording);
        return recording.WithChunks(BodySplitter.SplitRandomly(recording.Body.Length, seed));
    }

    /// <summary>Delays each chunk. Choose the chunks first.</summary>
    /// <remarks>The replay waits only if it has a clock, see <see cref="ReplayHandler.TimeProvider"/>. Without one there are no delays.</remarks>
    /// <param name="recording">The recording. Without chunks, its whole body is delayed once.</param>
    /// <param name="delay">The time before each chunk, not negative.</param>
    /// <returns>The changed copy.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The delay is negative.</exception>
    public static Recording WithDelay(this Recording recording, TimeSpan delay)
    {
        ArgumentNullException.ThrowIfNull(recording);
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        IEnumerable<RecordedChunk> chunks = recording.Response.Chunks
            ?? BodySplitter.SplitByLength(recording.Body.Length, int.MaxValue); // The whole body as one chunk; none if it is empty.
        return recording.WithChunks([.. chunks.Select(chunk => chunk with { Delay = delay })]);
    }

    /// <summary>Resets the connection, see <see cref="FaultKind.ConnectionReset"/>.</summary>
    /// <param name="recording">The recording.</param>
    /// <param name="byteCount">The number of body bytes that are delivered before the fault. <see cref="RecordingEventExtensions.LengthOfFirstEvents"/> gives it for events.</param>
    /// <returns>The changed copy.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The number is negative or greater than the length of the body.</exception>
    public static Recording ResetAfter(this Recording recording, int byteCount) => recording.WithFault(FaultKind.ConnectionReset, byteCount);

    /// <summary>Closes the connection before the body is complete, see <see cref="FaultKind.ConnectionClosed"/>.</summary>
    /// <param name="recording">The recording.</param>
    /// <param name="byteCount">The number of body bytes that are delivered before the fault.</param>
    /// <returns>The changed copy.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The number is negative or greater than the length of the body.</exception>
    public static Recording ClosedAfter(this Recording recording, int byteCount) => recording.WithFault(FaultKind.ConnectionClosed, byteCount);

    /// <summary>Ends the body early without an error, see <see cref="FaultKind.Truncated"/>.</summary>
    /// <param name="recording">The recording.</param>
    /// <param name="byteCount">The number of body bytes that are delivered.</param>
    /// <returns>The changed copy.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The number is negative or greater than the length of the body.</exception>
    public static Recording TruncatedAfter(this Recording recording, int byteCount) => recording.WithFault(FaultKind.Truncated, byteCount);

    /// <summary>Delivers no more bytes until the read is canceled, see <see cref="FaultKind.Stalled"/>.</summary>
    /// <param name="recording">The recording.</param>
    /// <param name="byteCount">The number of body bytes that are delivered before the fault.</param>
    /// <returns>The changed copy.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The number is negative or greater than the length of the body.</exception>
    public static Recording StalledAfter(this Recording recording, int byteCount) => recording.WithFault(FaultKind.Stalled, byteCount);

    /// <summary>Never sends a response, for tests of timeouts. See <see cref="FaultKind.Unanswered"/>.</summary>
    /// <param name="recording">The recording.</param>
    /// <returns>The changed copy.</returns>
    public static Recording Unanswered(this Recording recording) => recording.WithFault(FaultKind.Unanswered, byteCount: 0);

    /// <summary>Refuses the connection, for tests of retries. See <see cref="FaultKind.Unreachable"/>.</summary>
    /// <param name="recording">The recording.</param>
    /// <returns>The changed copy.</returns>
    public static Recording Unreachable(this Recording recording) => recording.WithFault(FaultKind.Unreachable, byteCount: 0);

    private static Recording WithChunks(this Recording recording, IReadOnlyList<RecordedChunk> chunks) =>
        recording with { Response = recording.Response with { Chunks = chunks } };

    private static Recording WithFault(this Recording recording, FaultKind kind, int byteCount)
    {
        ArgumentNullException.ThrowIfNull(recording);
        if (byteCount < 0 || byteCount > recording.Body.Length)
        {
            throw new ArgumentOutOfRangeException(
                nameof(byteCount),
                byteCount,
                $"The body of the recording '{recording}' has {recording.Body.Length} bytes. "
                + $"Choose a number from 0 to {recording.Body.Length}, for example LengthOfFirstEvents(1).");
        }

        return recording with { Response = recording.Response with { Fault = new RecordedFault { Kind = kind, AfterBytes = byteCount } } };
    }
}
