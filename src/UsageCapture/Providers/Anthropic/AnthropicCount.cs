namespace UsageCapture.Providers;

/// <summary>The counts of Anthropic's usage object. They count tokens, except where a comment says otherwise.</summary>
internal enum AnthropicCount
{
    /// <summary>The input, without the tokens read from a cache or written to one.</summary>
    Input,

    /// <summary>The input tokens read from a cache.</summary>
    CacheRead,

    /// <summary>All input tokens written to a cache.</summary>
    CacheWrite,

    /// <summary>The part of <see cref="CacheWrite"/> that the cache keeps for 5 minutes.</summary>
    CacheWrite5m,

    /// <summary>The part of <see cref="CacheWrite"/> that the cache keeps for 1 hour.</summary>
    CacheWrite1h,

    /// <summary>The output, thinking included.</summary>
    Output,

    /// <summary>The part of the output that is thinking.</summary>
    Thinking,

    /// <summary>Calls of the web search tool, which Anthropic runs. Not tokens.</summary>
    WebSearches,

    /// <summary>Calls of the web fetch tool, which Anthropic runs. Not tokens.</summary>
    WebFetches,

    /// <summary>Calls of the code execution tool, which Anthropic runs. Not tokens.</summary>
    CodeExecutions,

    /// <summary>Calls of the tool that searches for tools, which Anthropic runs. Not tokens.</summary>
    ToolSearches,
}
