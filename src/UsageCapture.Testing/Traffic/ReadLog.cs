using System.Buffers;

namespace UsageCapture.Testing.Traffic;

/// <summary>What was read of a body: the bytes, the reads they came by, and how it ended. It is written by one reader at a time.</summary>
internal sealed class ReadLog(TimeProvider timeProvider)
{
    private readonly ArrayBufferWriter<byte> _bytes = new();
    private readonly List<RecordedChunk> _chunks = [];
    private long _last = timeProvider.GetTimestamp();

    public ReadOnlySpan<byte> Bytes => _bytes.WrittenSpan;

    public IReadOnlyList<RecordedChunk> Chunks => _chunks;

    /// <summary>Gets how the body broke; null when it did not.</summary>
    public FaultKind? Fault { get; private set; }

    public void Read(ReadOnlySpan<byte> bytes)
    {
        long now = timeProvider.GetTimestamp();
        _bytes.Write(bytes);
        _chunks.Add(new RecordedChunk(bytes.Length, Math.Round(timeProvider.GetElapsedTime(_last, now).TotalMilliseconds)));
        _last = now;
    }

    public void Break(Exception exception) =>
        Fault = exception is HttpIOException { HttpRequestError: HttpRequestError.ResponseEnded } ? FaultKind.Closed : FaultKind.Reset;
}
