namespace UsageCapture.Decoding;

/// <summary>How far a response has come, as its documents say. A later value is a later state.</summary>
internal enum ResponseProgress
{
    /// <summary>More documents are expected.</summary>
    InProgress,

    /// <summary>A stream of events has said that it is complete, but has reported no usage yet. Some servers send the usage after that.</summary>
    EndedWithoutUsage,

    /// <summary>The response is complete. Decoding stops, and later bytes are not examined.</summary>
    Complete,
}
