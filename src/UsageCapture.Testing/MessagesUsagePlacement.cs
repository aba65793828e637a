namespace UsageCapture.Testing;

/// <summary>Where a stream of <see cref="MessagesStream"/> reports its usage. Each value is the way of some services.</summary>
public enum MessagesUsagePlacement
{
    /// <summary>Input counts in <c>message_start</c>, all counts in <c>message_delta</c>. Used by Anthropic today.</summary>
    StartAndDelta,

    /// <summary>Input counts in <c>message_start</c> only, output counts in <c>message_delta</c>. Used by Anthropic in the past, and by
    /// compatible services.</summary>
    InputOnlyInStart,

    /// <summary>Zeros in <c>message_start</c>, all counts in <c>message_delta</c>. Used by gateways that know the counts only at the end.</summary>
    OnlyDelta,
}
