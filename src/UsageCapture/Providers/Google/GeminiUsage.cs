using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>
/// Reads Google's usage objects and converts them to <see cref="TokenUsage"/>: <c>usageMetadata</c> of generateContent and embedContent,
/// and <c>usage</c> of the Interactions API.
/// </summary>
/// <remarks>
/// The total is the sum of four counts that do not overlap: the prompt, the text that tools added to the prompt, the answer, and the
/// thoughts. The first two are input, the others are output. The server omits a count that is zero or not known yet,
/// so a missing count is reported as null. In a sum, a missing part adds nothing, because a complete response omits only zeros. There is
/// one exception: the prompt of a request with media, see <c>Normalize</c>.
/// </remarks>
internal static class GeminiUsage
{
    // UsageMetadata of generateContent (ai.google.dev/api/generate-content). embedContent has "promptTokenDetails" instead of
    // "promptTokensDetails".
    private static readonly UsageFormat MetadataFormat = new(
        new CountReader<GeminiCount>(
            ("promptTokenCount", GeminiCount.Prompt),
            ("toolUsePromptTokenCount", GeminiCount.ToolUsePrompt),
            ("candidatesTokenCount", GeminiCount.Answer),
            ("thoughtsTokenCount", GeminiCount.Thoughts),
            ("cachedContentTokenCount", GeminiCount.Cached),
            ("totalTokenCount", GeminiCount.Total)),
        InputModalityLists: ["promptTokensDetails", "promptTokenDetails", "toolUsePromptTokensDetails"],
        OutputModalityLists: ["candidatesTokensDetails"]);

    // Usage of the Interactions API (ai.google.dev/api/interactions-api).
    private static readonly UsageFormat InteractionFormat = new(
        new CountReader<GeminiCount>(
            ("total_input_tokens", GeminiCount.Prompt),
            ("total_tool_use_tokens", GeminiCount.ToolUsePrompt),
            ("total_output_tokens", GeminiCount.Answer),
            ("total_thought_tokens", GeminiCount.Thoughts),
            ("total_cached_tokens", GeminiCount.Cached),
            ("total_tokens", GeminiCount.Total)),
        InputModalityLists: ["input_tokens_by_modality", "tool_use_tokens_by_modality"],
        OutputModalityLists: ["output_tokens_by_modality"]);

    /// <summary>Reads the counts of <c>usageMetadata</c>.</summary>
    /// <param name="json">The JSON text of the object; empty when the response document has none.</param>
    /// <returns>No counts for an object without any, such as Vertex AI's <c>{"trafficType":"ON_DEMAND"}</c>.</returns>
    public static UsageReading ReadMetadata(ReadOnlySpan<byte> json) => Read(json, MetadataFormat);

    /// <summary>Reads the counts of an interaction's <c>usage</c>.</summary>
    /// <param name="json">The JSON text of the object; empty when the response document has none.</param>
    public static UsageReading ReadInteraction(ReadOnlySpan<byte> json) => Read(json, InteractionFormat);

    private static UsageReading Read(ReadOnlySpan<byte> json, UsageFormat format)
    {
        UsageCounts<GeminiCount> counts = format.Reader.Read(json);

        // Cached tokens and tool-use tokens are counts of a prompt. Without one of the other counts, they are not usage.
        bool hasTokens = counts[GeminiCount.Prompt] is not null
            || counts[GeminiCount.Answer] is not null
            || counts[GeminiCount.Thoughts] is not null
            || counts[GeminiCount.Total] is not null;
        if (!hasTokens)
        {
            return new UsageReading(Usage: null, counts.Anomalies);
        }

        ModalityTokens input = ReadModalityLists(json, format.InputModalityLists);
        ModalityTokens output = ReadModalityLists(json, format.OutputModalityLists);
        return new UsageReading(Normalize(counts, input, output), counts.Anomalies);
    }

    /// <summary>Adds up the tokens of the lists with the given names. A list that the object does not have adds nothing.</summary>
    private static ModalityTokens ReadModalityLists(ReadOnlySpan<byte> json, ReadOnlySpan<string> names)
    {
        ModalityTokens sum = default;
        foreach (string name in names)
        {
            sum += ModalityTokens.Read(JsonValue.FindMember(json, name));
        }

        return sum;
    }

    private static TokenUsage Normalize(in UsageCounts<GeminiCount> counts, ModalityTokens inputByModality, ModalityTokens outputByModality)
    {
        long? input = TokenSum.OfKnown(counts[GeminiCount.Prompt], counts[GeminiCount.ToolUsePrompt]);
        long? output = TokenSum.OfKnown(counts[GeminiCount.Answer], counts[GeminiCount.Thoughts]);
        long? total = counts[GeminiCount.Total];

        // The server omits the prompt's count when the prompt refers to media by URL. The input is then only the tool use, and a larger total
        // includes the prompt. Without an output count, the prompt cannot be calculated.
        bool promptIsOnlyInTotal = counts[GeminiCount.Prompt] is null && total > (input ?? 0) + output;
        return new()
        {
            InputTokens = promptIsOnlyInTotal ? total - output : input,
            OutputTokens = output,
            ReasoningTokens = counts[GeminiCount.Thoughts],
            CachedInputTokens = counts[GeminiCount.Cached],
            TotalTokens = total,
            InputAudioTokens = inputByModality.Audio,
            InputImageTokens = inputByModality.Image,
            OutputAudioTokens = outputByModality.Audio,
            OutputImageTokens = outputByModality.Image,
        };
    }

    /// <summary>The names in one of the two usage objects.</summary>
    /// <param name="Reader">Reads the counts by their names.</param>
    /// <param name="InputModalityLists">The names of the lists that split the input by modality, such as text and audio.</param>
    /// <param name="OutputModalityLists">The names of the lists that split the output by modality.</param>
    private sealed record UsageFormat(CountReader<GeminiCount> Reader, string[] InputModalityLists, string[] OutputModalityLists);
}
