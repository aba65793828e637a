using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>Reads Google's usage objects: <c>usageMetadata</c> of generateContent and embedContent, <c>usage</c> of Interactions.</summary>
/// <remarks>
/// The total is the sum of four counts that exclude one another: the prompt, what tools added to the prompt, the answer, and the thoughts.
/// The first two are billed as input, the others as output. The server leaves out zeros and also counts that it does not know yet, so a
/// missing count is unknown, not zero.
/// </remarks>
internal static class GeminiUsage
{
    // UsageMetadata of generateContent (ai.google.dev/api/generate-content). embedContent spells one list differently.
    private static readonly Names OfMetadata = new(
        new CountReader<GeminiCount>(
            ("promptTokenCount", GeminiCount.Prompt),
            ("toolUsePromptTokenCount", GeminiCount.ToolUsePrompt),
            ("candidatesTokenCount", GeminiCount.Answer),
            ("thoughtsTokenCount", GeminiCount.Thoughts),
            ("cachedContentTokenCount", GeminiCount.Cached),
            ("totalTokenCount", GeminiCount.Total)),
        InputLists: ["promptTokensDetails", "promptTokenDetails", "toolUsePromptTokensDetails"],
        OutputLists: ["candidatesTokensDetails"]);

    // Usage of Interactions (ai.google.dev/api/interactions-api).
    private static readonly Names OfInteraction = new(
        new CountReader<GeminiCount>(
            ("total_input_tokens", GeminiCount.Prompt),
            ("total_tool_use_tokens", GeminiCount.ToolUsePrompt),
            ("total_output_tokens", GeminiCount.Answer),
            ("total_thought_tokens", GeminiCount.Thoughts),
            ("total_cached_tokens", GeminiCount.Cached),
            ("total_tokens", GeminiCount.Total)),
        InputLists: ["input_tokens_by_modality", "tool_use_tokens_by_modality"],
        OutputLists: ["output_tokens_by_modality"]);

    /// <summary>Reads the counts of <c>usageMetadata</c>.</summary>
    /// <param name="json">The JSON text of the object; empty when the document has none.</param>
    /// <returns>No counts for an object without any, such as Vertex AI's <c>{"trafficType":"ON_DEMAND"}</c>.</returns>
    public static UsageReading ReadMetadata(ReadOnlySpan<byte> json) => Read(json, OfMetadata);

    /// <summary>Reads the counts of an interaction's <c>usage</c>.</summary>
    /// <param name="json">The JSON text of the object; empty when the document has none.</param>
    public static UsageReading ReadInteraction(ReadOnlySpan<byte> json) => Read(json, OfInteraction);

    private static UsageReading Read(ReadOnlySpan<byte> json, Names names)
    {
        UsageCounts<GeminiCount> counts = names.Counts.Read(json);
        bool hasTokens = (counts[GeminiCount.Prompt] ?? counts[GeminiCount.Answer] ?? counts[GeminiCount.Thoughts] ?? counts[GeminiCount.Total])
            is not null;
        return new UsageReading(
            hasTokens ? Normalize(counts, ReadLists(json, names.InputLists), ReadLists(json, names.OutputLists)) : null,
            counts.Anomalies);
    }

    private static ModalityTokens ReadLists(ReadOnlySpan<byte> json, ReadOnlySpan<string> names)
    {
        ModalityTokens sum = default;
        foreach (string name in names)
        {
            sum += ModalityTokens.Read(JsonValue.Member(json, name));
        }

        return sum;
    }

    private static TokenUsage Normalize(in UsageCounts<GeminiCount> counts, ModalityTokens input, ModalityTokens output) => new()
    {
        InputTokens = TokenSum.OfKnown(counts[GeminiCount.Prompt], counts[GeminiCount.ToolUsePrompt]),
        OutputTokens = TokenSum.OfKnown(counts[GeminiCount.Answer], counts[GeminiCount.Thoughts]),
        ReasoningTokens = counts[GeminiCount.Thoughts],
        CachedInputTokens = counts[GeminiCount.Cached],
        TotalTokens = counts[GeminiCount.Total],
        InputAudioTokens = input.Audio,
        InputImageTokens = input.Image,
        OutputAudioTokens = output.Audio,
        OutputImageTokens = output.Image,
    };

    /// <summary>The names that one of the two usage objects has for the counts, and for the lists of tokens by modality.</summary>
    private sealed record Names(CountReader<GeminiCount> Counts, string[] InputLists, string[] OutputLists);
}
