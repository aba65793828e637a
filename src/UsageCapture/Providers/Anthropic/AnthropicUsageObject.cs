namespace UsageCapture.Providers;

/// <summary>Reads one usage object of Anthropic's Messages API and converts it to <see cref="TokenUsage"/>.</summary>
internal static class AnthropicUsageObject
{
    // The names in "usage" of a message, in Anthropic's API reference.
    private static readonly CountReader<AnthropicCount> Reader = new(
        ("input_tokens", AnthropicCount.Input),
        ("cache_read_input_tokens", AnthropicCount.CacheRead),
        ("cache_creation_input_tokens", AnthropicCount.CacheWrite),
        ("cache_creation.ephemeral_5m_input_tokens", AnthropicCount.CacheWrite5m),
        ("cache_creation.ephemeral_1h_input_tokens", AnthropicCount.CacheWrite1h),
        ("output_tokens", AnthropicCount.Output),
        ("output_tokens_details.thinking_tokens", AnthropicCount.Thinking),
        ("server_tool_use.web_search_requests", AnthropicCount.WebSearches),
        ("server_tool_use.web_fetch_requests", AnthropicCount.WebFetches),
        ("server_tool_use.code_execution_requests", AnthropicCount.CodeExecutions),
        ("server_tool_use.tool_search_requests", AnthropicCount.ToolSearches));

    /// <summary>Reads the counts of a usage object, or of an element of its <c>iterations</c>.</summary>
    /// <param name="json">The JSON text of the object; empty when there is none.</param>
    public static UsageCounts<AnthropicCount> Read(ReadOnlySpan<byte> json) => Reader.Read(json);

    /// <summary>
    /// Gets whether a usage object has a count of tokens. The parts of a count are such counts too. Other counts, such as calls of tools, are
    /// not usage on their own.
    /// </summary>
    public static bool HasTokens(in UsageCounts<AnthropicCount> counts) =>
        counts[AnthropicCount.Input] is not null || counts[AnthropicCount.CacheRead] is not null || GetCacheWrite(counts) is not null
        || counts[AnthropicCount.Output] is not null || counts[AnthropicCount.Thinking] is not null;

    /// <summary>
    /// Gets the whole input. Anthropic's <c>input_tokens</c> does not count the tokens read from a cache or written to one; this count does.
    /// </summary>
    /// <returns>Null when <c>input_tokens</c> is unknown: the cached part alone is not the input.</returns>
    public static long? GetInput(in UsageCounts<AnthropicCount> counts) =>
        counts[AnthropicCount.Input] + (counts[AnthropicCount.CacheRead] ?? 0) + (GetCacheWrite(counts) ?? 0);

    /// <summary>Converts the counts to <see cref="TokenUsage"/>, where the input includes cached tokens.</summary>
    public static TokenUsage Normalize(in UsageCounts<AnthropicCount> counts) => new()
    {
        InputTokens = GetInput(counts),
        CachedInputTokens = counts[AnthropicCount.CacheRead],
        CacheWriteTokens = GetCacheWrite(counts),
        CacheWrite5mTokens = counts[AnthropicCount.CacheWrite5m],
        CacheWrite1hTokens = counts[AnthropicCount.CacheWrite1h],
        OutputTokens = counts[AnthropicCount.Output],
        ReasoningTokens = counts[AnthropicCount.Thinking],
        ServerToolRequests = TokenSum.OfKnown(
            counts[AnthropicCount.WebSearches],
            counts[AnthropicCount.WebFetches],
            counts[AnthropicCount.CodeExecutions],
            counts[AnthropicCount.ToolSearches]),
    };

    // Some servers report only the parts for 5 minutes and for 1 hour, or a zero beside them. All cache writes are then their sum.
    private static long? GetCacheWrite(in UsageCounts<AnthropicCount> counts) => counts[AnthropicCount.CacheWrite] is > 0 and var all
        ? all
        : TokenSum.OfKnown(counts[AnthropicCount.CacheWrite5m], counts[AnthropicCount.CacheWrite1h]) ?? counts[AnthropicCount.CacheWrite];
}
