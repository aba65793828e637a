namespace UsageCapture.Testing;

/// <summary>The places in a stream of Anthropic's Messages where services put the usage.</summary>
public enum MessagesUsagePlacement
{
    /// <summary>The input in <c>message_start</c>, all of it once more in <c>message_delta</c>: Anthropic today.</summary>
    StartAndDelta,

    /// <summary>The input in <c>message_start</c>, the output in <c>message_delta</c>: Anthropic before, and those who followed it.</summary>
    InputInStart,

    /// <summary>Zeros in <c>message_start</c>, all of it in <c>message_delta</c>: gateways that learn it at the end.</summary>
    OnlyDelta,
}
