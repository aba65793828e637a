namespace UsageCapture.Providers;

/// <summary>
/// The counts in Amazon Bedrock's own objects, metrics and headers. They count tokens. The model's own response may have counts too, which
/// other readers read.
/// </summary>
internal enum BedrockCount
{
    /// <summary>The input, without the tokens read from a cache or written to one.</summary>
    Input,

    Output,

    /// <summary>The sum of all other counts.</summary>
    Total,

    /// <summary>The input tokens read from a cache.</summary>
    CacheRead,

    /// <summary>The input tokens written to a cache.</summary>
    CacheWrite,
}
