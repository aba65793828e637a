namespace UsageCapture.Providers;

/// <summary>Reads DashScope's usage object and converts it to <see cref="TokenUsage"/>.</summary>
internal static class DashScopeUsage
{
    // Several names of one count are alternatives. The first one above zero is used.
    private static readonly CountReader<Count> Reader = new(
        ("input_tokens", Count.Input),
        ("output_tokens", Count.Output),
        ("total_tokens", Count.Total),
        ("prompt_tokens_details.cached_tokens", Count.Cached),
        ("input_tokens_details.cached_tokens", Count.Cached), // Newer models
        ("prompt_tokens_details.cache_creation_input_tokens", Count.CacheWrite),
        ("output_tokens_details.reasoning_tokens", Count.Reasoning),
        ("input_tokens_details.image_tokens", Count.InputImage), // Newer models
        ("image_tokens", Count.InputImage), // Older models
        ("input_tokens_details.audio_tokens", Count.InputAudio), // Newer models
        ("audio_tokens", Count.InputAudio), // Older models
        ("output_tokens_details.audio_tokens", Count.OutputAudio));

    private enum Count
    {
        Input,
        Output,
        Total,
        Cached,
        CacheWrite,
        Reasoning,
        InputImage,
        InputAudio,
        OutputAudio,
    }

    /// <summary>Reads the counts.</summary>
    /// <param name="json">The JSON text of the object; empty when the document has none.</param>
    /// <returns>No counts when neither the input, nor the output, nor the total is known.</returns>
    public static UsageReading Read(ReadOnlySpan<byte> json)
    {
        UsageCounts<Count> counts = Reader.Read(json);
        bool hasTokens = counts[Count.Input] is not null || counts[Count.Output] is not null || counts[Count.Total] is not null;
        var usage = new TokenUsage
        {
            InputTokens = counts[Count.Input],
            CachedInputTokens = counts[Count.Cached],
            CacheWriteTokens = counts[Count.CacheWrite],
            OutputTokens = counts[Count.Output],
            ReasoningTokens = counts[Count.Reasoning],
            InputImageTokens = counts[Count.InputImage],
            InputAudioTokens = counts[Count.InputAudio],
            OutputAudioTokens = counts[Count.OutputAudio],
            TotalTokens = counts[Count.Total],
        };
        return new UsageReading(hasTokens ? usage : null, counts.Anomalies);
    }
}
