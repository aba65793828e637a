namespace UsageCapture.Providers;

/// <summary>
/// The counts of Anthropic's usage object. The last four count calls of tools that Anthropic runs; the others count tokens.
/// </summary>
internal enum AnthropicCount
{
    /// <summary>The input, without the tokens read from a cache or written to one.</summary>
    Input,

    CacheRead,

    /// <summary>All tokens written to a cache. The next two are its parts, by the lifetime of the cache entry.</summary>
    CacheWrite,
    CacheWrite5m,
    CacheWrite1h,
    Output,

    /// <summary>The part of the output that is thinking.</summary>
    Thinking,
    WebSearches,
    WebFetches,
    CodeExecutions,
    ToolSearches,
}
