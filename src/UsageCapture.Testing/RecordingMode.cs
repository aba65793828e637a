namespace UsageCapture.Testing;

/// <summary>Whether a <see cref="RecordingHandler"/> sends requests or replays recordings.</summary>
public enum RecordingMode
{
    /// <summary>A request that has a recording is replayed. Every other request is sent and recorded.</summary>
    ReplayOrRecord,

    /// <summary>No request is sent. A request without a recording throws an <see cref="UnmatchedRequestException"/>.</summary>
    Replay,

    /// <summary>Every request is sent and recorded. Existing recordings are replaced.</summary>
    Record,
}
