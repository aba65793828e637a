using System.Buffers;

namespace UsageCapture.Testing.Observation;

/// <summary>Logs the reads of one response body: the bytes, the length and delay of each read, and a failure.</summary>
/// <remarks>Not thread-safe. A body has one reader at a time, and the log is evaluated after it.</remarks>
/// <param name="timeProvider">The clock for the delays.</param>
internal sealed class BodyReadLog(TimeProvider timeProvider)
{
    private readonly ArrayBufferWriter<byte> _bytes = new();
    private readonly List<RecordedChunk> _chunks = [];
    private long _lastReadAt = timeProvider.GetTimestamp();

    public ReadOnlySpan<byte> Bytes => _bytes.WrittenSpan;

    public IReadOnlyList<RecordedChunk> Chunks => _chunks;

    /// <summary>Gets the failure of the last read; null if none failed.</summary>
    public FaultKind? Fault { get; private set; }

    public void RecordRead(ReadOnlySpan<byte> bytes)
    {
        long now = timeProvider.GetTimestamp();
        double milliseconds = Math.Round(timeProvider.GetElapsedTime(_lastReadAt, now).TotalMilliseconds);
        _bytes.Write(bytes);
        _chunks.Add(new RecordedChunk { Length = bytes.Length, Delay = TimeSpan.FromMilliseconds(milliseconds) });
        _lastReadAt = now;
    }

    public void RecordFailure(Exception exception) =>
        Fault = exception is HttpIOException { HttpRequestError: HttpRequestError.ResponseEnded } ? FaultKind.Closed : FaultKind.Reset;
}
