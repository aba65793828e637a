using System.Buffers;

namespace UsageCapture.Testing.Observation;

/// <summary>Logs the reads of one response body: the bytes, the length and delay of each read, and a failure.</summary>
/// <remarks>
/// The stream around the body calls <see cref="RecordRead"/> after each read that returns bytes, and <see cref="RecordFailure"/> if a read
/// throws. Use the properties only after the last read. Not thread-safe, because a body has one reader at a time.
/// </remarks>
/// <param name="timeProvider">The clock for the delays. The first delay is measured from the creation of the log.</param>
internal sealed class BodyReadLog(TimeProvider timeProvider)
{
    private readonly ArrayBufferWriter<byte> _bytes = new();
    private readonly List<RecordedChunk> _chunks = [];
    private long _lastReadAt = timeProvider.GetTimestamp(); // In ticks of the time provider.

    /// <summary>Gets all bytes that were read.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.WrittenSpan;

    /// <summary>Gets one chunk for each read.</summary>
    public IReadOnlyList<RecordedChunk> Chunks => _chunks;

    /// <summary>Gets the failure that ended the body; null if no read failed.</summary>
    public FaultKind? Fault { get; private set; }

    /// <summary>Records the bytes of one read. The delay is the time since the previous read.</summary>
    public void RecordRead(ReadOnlySpan<byte> bytes)
    {
        long now = timeProvider.GetTimestamp();

        // Recording files hold delays in milliseconds. Fractions would only make them harder to read.
        double milliseconds = Math.Round(timeProvider.GetElapsedTime(_lastReadAt, now).TotalMilliseconds);
        _bytes.Write(bytes);
        _chunks.Add(new RecordedChunk { Length = bytes.Length, Delay = TimeSpan.FromMilliseconds(milliseconds) });
        _lastReadAt = now;
    }

    /// <summary>Records a failed read.</summary>
    /// <remarks>A replay has only these two faults: a body that ended too early is a closed connection, every other failure a reset.</remarks>
    public void RecordFailure(IOException exception) =>
        Fault = exception is HttpIOException { HttpRequestError: HttpRequestError.ResponseEnded } ? FaultKind.ConnectionClosed : FaultKind.ConnectionReset;
}
