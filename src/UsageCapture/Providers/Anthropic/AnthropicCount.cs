namespace UsageCapture.Providers;

/// <summary>The counts of Anthropic's usage object.</summary>
internal enum AnthropicCount
{
    Input,
    CacheRead,
    CacheWrite,
    CacheWrite5m,
    CacheWrite1h,
    Output,
    Thinking,
    WebSearches,
    WebFetches,
    CodeExecutions,
    ToolSearches,
}
