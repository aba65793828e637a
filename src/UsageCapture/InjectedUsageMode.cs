namespace UsageCapture;

/// <summary>What the caller sees of the usage event that a server sends only because the handler asked for it.</summary>
public enum InjectedUsageMode
{
    /// <summary>The caller receives the event, like every other byte of the response.</summary>
    Forward,

    /// <summary>The event is removed from the stream. For callers that read <c>choices[0]</c> of every event without a check.</summary>
    Hide,
}
