namespace UsageCapture;

/// <summary>Whether the caller receives the usage event that a server sends only because the handler asked for it.</summary>
/// <remarks>The handler asks by adding an option to the request, so the caller did not expect the event.</remarks>
public enum InjectedUsageMode
{
    /// <summary>The caller receives the event, like every other byte of the response. The default.</summary>
    Forward,

    /// <summary>The event is removed from the stream. For callers that read <c>choices[0]</c> without a check, because its <c>choices</c> are empty.</summary>
    Hide,
}
