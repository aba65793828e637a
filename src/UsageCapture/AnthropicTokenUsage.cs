using System.Text.Json;

using UsageCapture.Delivery;

namespace UsageCapture;

/// <summary>A response's tokens in the way that Anthropic counts them: what went through the cache beside the input, not in it.</summary>
/// <remarks>
/// <see cref="TokenUsage.AsAnthropic"/> makes it of any provider's counts, for code and price lists that are made for Anthropic's. The
/// three parts of the input come to the whole of it unless <see cref="UsageAnomalies.CachedExceedsInput"/> says otherwise.
/// </remarks>
public sealed record AnthropicTokenUsage
{
    /// <summary>Gets the input that was neither read from nor written to a cache; null when the input is unknown. Never negative.</summary>
    public long? InputTokens { get; init; }

    /// <summary>Gets the input that was read from a cache; null when there was none, or none was reported.</summary>
    public long? CacheReadInputTokens { get; init; }

    /// <summary>Gets the input that was written to a cache; null when there was none, or none was reported.</summary>
    public long? CacheCreationInputTokens { get; init; }

    /// <summary>Gets the whole output, thinking included; null when it is unknown.</summary>
    public long? OutputTokens { get; init; }

    /// <summary>Writes the counts with the names that Anthropic gives them.</summary>
    /// <returns>The JSON text, in one line. Counts that are null are written as null.</returns>
    public string ToJson() => JsonSerializer.Serialize(this, UsageRecordJson.Default.AnthropicTokenUsage);
}
