namespace UsageCapture.Testing;

/// <summary>The positions in a stream of Anthropic's Messages API at which services report usage.</summary>
public enum MessagesUsagePlacement
{
    /// <summary>Input counts in <c>message_start</c>, all counts in <c>message_delta</c>. Anthropic today.</summary>
    StartAndDelta,

    /// <summary>Input counts in <c>message_start</c> only, output counts in <c>message_delta</c>. Anthropic in the past, and compatible services.</summary>
    InputInStart,

    /// <summary>Zeros in <c>message_start</c>, all counts in <c>message_delta</c>. Gateways that know the counts only at the end.</summary>
    OnlyDelta,
}
