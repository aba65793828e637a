namespace UsageCapture;

/// <summary>One of several inferences that a provider made for one response, as the provider lists it.</summary>
/// <remarks>
/// Anthropic lists them in <c>usage.iterations</c>: messages, and the compactions, advisors and fallbacks beside them. The record's own
/// counts stay those that the provider states as the whole; what they leave out stands here, and is added nowhere, for an advisor or a
/// model that declined has another price.
/// </remarks>
public sealed record UsageIteration
{
    /// <summary>Gets what the provider calls it: <c>message</c>, <c>compaction</c>, <c>advisor_message</c>, <c>fallback_message</c>, …</summary>
    public required string Type { get; init; }

    /// <summary>Gets the model that it ran on; null when the provider names none, and it was the response's own.</summary>
    public string? Model { get; init; }

    /// <summary>Gets what it used.</summary>
    public required TokenUsage Usage { get; init; }

    /// <summary>Gets whether the record's <see cref="UsageRecord.Usage"/> includes it. What is not included was used, and billed, on top.</summary>
    public required bool IsInTotal { get; init; }
}
