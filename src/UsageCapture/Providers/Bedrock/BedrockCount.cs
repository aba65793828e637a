namespace UsageCapture.Providers;

/// <summary>The counts that Amazon Bedrock reports in its own usage objects, metrics and headers, beside those of the model.</summary>
internal enum BedrockCount
{
    /// <summary>The input, without the tokens read from a cache or written to one.</summary>
    Input,

    Output,

    /// <summary>The sum of all other counts.</summary>
    Total,

    CacheRead,
    CacheWrite,
}
