using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>
/// Reads the usage object of Bedrock's Converse, which the Nova models use too, and converts it to <see cref="TokenUsage"/>.
/// <see cref="Normalize"/> also converts the counts of Bedrock's headers and metrics.
/// </summary>
/// <remarks>
/// Bedrock's input excludes the tokens that are read from a cache or written to one. The input of <see cref="TokenUsage"/> includes them.
/// Bedrock's total includes the cached tokens too.
/// </remarks>
internal static class BedrockUsage
{
    // The names are those of the type "TokenUsage" in AWS's Bedrock Runtime API reference.
    private static readonly CountReader<BedrockCount> Reader = new(
        ("inputTokens", BedrockCount.Input),
        ("outputTokens", BedrockCount.Output),
        ("totalTokens", BedrockCount.Total),
        ("cacheReadInputTokens", BedrockCount.CacheRead),
        ("cacheWriteInputTokens", BedrockCount.CacheWrite),

        // The names in Nova's own format. Converse sends the same numbers under both names.
        ("cacheReadInputTokenCount", BedrockCount.CacheRead),
        ("cacheWriteInputTokenCount", BedrockCount.CacheWrite));

    /// <summary>Reads the counts.</summary>
    /// <param name="json">The JSON text of the object; empty when the document has none.</param>
    /// <returns>No counts when neither the input, nor the output, nor the total is known.</returns>
    public static UsageReading Read(ReadOnlySpan<byte> json)
    {
        UsageReading reading = Normalize(Reader.Read(json));
        return reading.Usage is { } usage ? reading with { Usage = WithCacheDetails(usage, json) } : reading;
    }

    /// <summary>Converts counts to <see cref="TokenUsage"/>, where the input includes cached tokens.</summary>
    /// <returns>No counts when neither the input, nor the output, nor the total is known.</returns>
    public static UsageReading Normalize(in UsageCounts<BedrockCount> counts)
    {
        bool hasTokens = counts[BedrockCount.Input] is not null
            || counts[BedrockCount.Output] is not null
            || counts[BedrockCount.Total] is not null;
        var usage = new TokenUsage
        {
            // Null when the uncached input is unknown, because the cached part alone is not the input.
            InputTokens = counts[BedrockCount.Input] + (counts[BedrockCount.CacheRead] ?? 0) + (counts[BedrockCount.CacheWrite] ?? 0),
            CachedInputTokens = counts[BedrockCount.CacheRead],
            CacheWriteTokens = counts[BedrockCount.CacheWrite],
            OutputTokens = counts[BedrockCount.Output],
            TotalTokens = counts[BedrockCount.Total],
        };
        return new UsageReading(hasTokens ? usage : null, counts.Anomalies);
    }

    /// <summary>
    /// Adds the tokens written to a cache, by the lifetime of the cache entry: <c>"cacheDetails":[{"inputTokens":45,"ttl":"5m"}]</c>.
    /// </summary>
    private static TokenUsage WithCacheDetails(TokenUsage usage, ReadOnlySpan<byte> json)
    {
        foreach (ReadOnlySpan<byte> detail in new JsonElements(JsonValue.FindMember(json, "cacheDetails")))
        {
            long? tokens = JsonValue.GetCount(JsonValue.FindMember(detail, "inputTokens"));
            ReadOnlySpan<byte> lifetime = JsonValue.FindMember(detail, "ttl");
            if (JsonValue.TextEquals(lifetime, "5m"))
            {
                usage = usage with { CacheWrite5mTokens = tokens ?? usage.CacheWrite5mTokens };
            }
            else if (JsonValue.TextEquals(lifetime, "1h"))
            {
                usage = usage with { CacheWrite1hTokens = tokens ?? usage.CacheWrite1hTokens };
            }
        }

        return usage;
    }
}
