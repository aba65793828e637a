using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>Reads the usage object of Bedrock's Converse, which is also that of the Nova models.</summary>
/// <remarks>
/// Bedrock's input excludes the tokens read from a cache and written to one. <see cref="TokenUsage"/> includes them, as Bedrock's total
/// does.
/// </remarks>
internal static class BedrockUsage
{
    private static readonly CountReader<BedrockCount> Reader = new(
        ("inputTokens", BedrockCount.Input), // TokenUsage in the Bedrock Runtime API reference
        ("outputTokens", BedrockCount.Output),
        ("totalTokens", BedrockCount.Total),
        ("cacheReadInputTokens", BedrockCount.CacheRead),
        ("cacheWriteInputTokens", BedrockCount.CacheWrite),
        ("cacheReadInputTokenCount", BedrockCount.CacheRead), // Nova's own format. Converse repeats them beside the names above.
        ("cacheWriteInputTokenCount", BedrockCount.CacheWrite));

    /// <summary>Reads the counts.</summary>
    /// <param name="json">The JSON text of the object; empty when the document has none.</param>
    public static UsageReading Read(ReadOnlySpan<byte> json)
    {
        UsageReading reading = Normalize(Reader.Read(json));
        return reading.Usage is { } usage ? reading with { Usage = WithCacheDetails(usage, json) } : reading;
    }

    /// <summary>Converts counts to the meaning that they have for every provider.</summary>
    /// <returns>No counts when neither the input, nor the output, nor the total is known.</returns>
    public static UsageReading Normalize(in UsageCounts<BedrockCount> counts)
    {
        bool hasTokens = (counts[BedrockCount.Input] ?? counts[BedrockCount.Output] ?? counts[BedrockCount.Total]) is not null;
        var usage = new TokenUsage
        {
            // Unknown when the uncached input is unknown: the cached part alone is not the input.
            InputTokens = counts[BedrockCount.Input] + (counts[BedrockCount.CacheRead] ?? 0) + (counts[BedrockCount.CacheWrite] ?? 0),
            CachedInputTokens = counts[BedrockCount.CacheRead],
            CacheWriteTokens = counts[BedrockCount.CacheWrite],
            OutputTokens = counts[BedrockCount.Output],
            TotalTokens = counts[BedrockCount.Total],
        };
        return new UsageReading(hasTokens ? usage : null, counts.Anomalies);
    }

    /// <summary>Adds the cache writes by lifetime: <c>"cacheDetails":[{"inputTokens":45,"ttl":"5m"}]</c>.</summary>
    private static TokenUsage WithCacheDetails(TokenUsage usage, ReadOnlySpan<byte> json)
    {
        foreach (ReadOnlySpan<byte> detail in new JsonElements(JsonValue.Member(json, "cacheDetails")))
        {
            long? tokens = JsonValue.GetCount(JsonValue.Member(detail, "inputTokens"));
            ReadOnlySpan<byte> lifetime = JsonValue.Member(detail, "ttl");
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
