namespace UsageCapture;

/// <summary>Whether the caller sees the injected usage: the event that a server sends only because the handler asked for usage.</summary>
public enum InjectedUsageMode
{
    /// <summary>The caller receives the event, like every other byte of the response. This is the default.</summary>
    Forward,

    /// <summary>
    /// The event is removed from the stream. For callers that read <c>choices[0]</c> of every event without a check, because the event has
    /// an empty <c>choices</c>.
    /// </summary>
    Hide,
}
