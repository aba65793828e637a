namespace UsageCapture.Providers;

/// <summary>The counts that Amazon Bedrock itself reports.</summary>
internal enum BedrockCount
{
    Input,
    Output,
    Total,
    CacheRead,
    CacheWrite,
}
