namespace UsageCapture;

/// <summary>One of several model runs that a provider made for one response. Anthropic calls them iterations.</summary>
/// <remarks>
/// Anthropic lists them in <c>usage.iterations</c>: messages, compactions, advisors and fallbacks. <see cref="UsageRecord.Usage"/> stays
/// as the provider states it for the whole response. Runs that the provider leaves out of it are not added, because they may have used a
/// model with another price.
/// </remarks>
public sealed record UsageIteration
{
    /// <summary>Gets the provider's name for this kind of run: <c>message</c>, <c>compaction</c>, <c>advisor_message</c>, <c>fallback_message</c>, …</summary>
    public required string Type { get; init; }

    /// <summary>Gets the model that ran; null when the provider names none, because it was the model of the response.</summary>
    public string? Model { get; init; }

    /// <summary>Gets the tokens that the run used.</summary>
    public required TokenUsage Usage { get; init; }

    /// <summary>Gets whether <see cref="UsageRecord.Usage"/> includes this run. When false, its tokens are billed in addition.</summary>
    public required bool IsInTotal { get; init; }
}
