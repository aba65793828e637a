namespace UsageCapture;

/// <summary>What becomes of the event that a server sends only because the handler asked for usage and the caller did not.</summary>
public enum InjectedUsageMode
{
    /// <summary>The caller sees it, as it sees every byte that the server sends.</summary>
    Forward,

    /// <summary>It is taken out of the stream, for callers that read <c>choices[0]</c> of every event without looking.</summary>
    Hide,
}
