using System.Text.Json;

using UsageCapture.Delivery;

namespace UsageCapture;

/// <summary>Token counts as Anthropic reports them: the input does not include tokens that were read from or written to a cache.</summary>
/// <remarks>
/// <see cref="TokenUsage.AsAnthropic"/> converts the counts of any provider, for code and price lists that expect Anthropic's counts. The
/// three input counts add up to <see cref="TokenUsage.InputTokens"/>. When the record has <see cref="UsageAnomalies.CachedExceedsInput"/>,
/// <see cref="InputTokens"/> is zero and the sum is larger.
/// </remarks>
public sealed record AnthropicTokenUsage
{
    /// <summary>Gets the input tokens that were neither read from nor written to a cache; null when the input is unknown. Never negative.</summary>
    public long? InputTokens { get; init; }

    /// <summary>Gets the input tokens that were read from a cache; null when there were none or none were reported.</summary>
    public long? CacheReadInputTokens { get; init; }

    /// <summary>Gets the input tokens that were written to a cache; null when there were none or none were reported.</summary>
    public long? CacheCreationInputTokens { get; init; }

    /// <summary>Gets all output tokens, including thinking; null when unknown.</summary>
    public long? OutputTokens { get; init; }

    /// <summary>Writes the counts as JSON with Anthropic's names, such as <c>cache_read_input_tokens</c>.</summary>
    /// <returns>The JSON text, on one line. Counts that are null are written as null.</returns>
    public string ToJson() => JsonSerializer.Serialize(this, UsageRecordJson.Default.AnthropicTokenUsage);
}
