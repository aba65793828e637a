namespace UsageCapture.Testing;

/// <summary>Whether requests are sent or answered with recordings.</summary>
public enum RecordingMode
{
    /// <summary>What is recorded is replayed, what is not is sent and recorded: on a developer's machine, not where CI is true.</summary>
    ReplayOrRecord,

    /// <summary>Nothing is sent. A request that is not recorded throws an <see cref="UnmatchedRequestException"/>.</summary>
    Replay,

    /// <summary>Every request is sent, and its recording written anew.</summary>
    Record,
}
