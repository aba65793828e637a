namespace UsageCapture.Providers;

/// <summary>
/// Reads <c>amazon-bedrock-invocationMetrics</c>, counts that Bedrock adds to the last chunk of every InvokeModel stream.
/// </summary>
internal static class BedrockMetrics
{
    private static readonly CountReader<BedrockCount> Reader = new(
        ("inputTokenCount", BedrockCount.Input),
        ("outputTokenCount", BedrockCount.Output),
        ("cacheReadInputTokenCount", BedrockCount.CacheRead),
        ("cacheWriteInputTokenCount", BedrockCount.CacheWrite));

    /// <summary>Reads the counts.</summary>
    /// <param name="json">The JSON text of the object; empty when the document has none.</param>
    /// <returns>No counts when neither the input nor the output is known.</returns>
    public static UsageReading Read(ReadOnlySpan<byte> json) => BedrockUsage.Normalize(Reader.Read(json));
}
