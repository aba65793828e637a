using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>Reads Google's usage object: <c>usageMetadata</c> with generateContent and embedContent, <c>usage</c> with Interactions.</summary>
/// <remarks>
/// The total is the sum of four counts that exclude one another: the prompt, what tools fed back into it, the answer, and the thoughts.
/// The first two are input and the others output, for that is how they are billed. Zeros are left out on the wire, but so is what is
/// not known yet: a count that is missing is not taken for zero.
/// </remarks>
internal static class GeminiUsage
{
    private static readonly Names OfMetadata = new(
        new JsonCounts(
            "promptTokenCount", "toolUsePromptTokenCount", "candidatesTokenCount", "thoughtsTokenCount", "cachedContentTokenCount",
            "totalTokenCount"),
        Input: ["promptTokensDetails", "promptTokenDetails", "toolUsePromptTokensDetails"], // The second in embeddings.
        Output: ["candidatesTokensDetails"]);

    private static readonly Names OfInteraction = new(
        new JsonCounts(
            "total_input_tokens", "total_tool_use_tokens", "total_output_tokens", "total_thought_tokens", "total_cached_tokens", "total_tokens"),
        Input: ["input_tokens_by_modality", "tool_use_tokens_by_modality"],
        Output: ["output_tokens_by_modality"]);

    /// <summary>Reads the counts.</summary>
    /// <param name="json">A JSON value, as it stood under the name of usage.</param>
    /// <param name="usage">The counts in their normal meaning.</param>
    /// <param name="anomalies">What was odd about them.</param>
    /// <returns>False when the value holds no count, as Vertex AI's <c>{"trafficType":"ON_DEMAND"}</c>.</returns>
    public static bool TryRead(ReadOnlySpan<byte> json, out TokenUsage usage, out UsageAnomalies anomalies) =>
        TryRead(json, OfMetadata, out usage, out anomalies);

    /// <summary>Reads the counts of an interaction.</summary>
    /// <inheritdoc cref="TryRead(ReadOnlySpan{byte}, out TokenUsage, out UsageAnomalies)"/>
    public static bool TryReadInteraction(ReadOnlySpan<byte> json, out TokenUsage usage, out UsageAnomalies anomalies) =>
        TryRead(json, OfInteraction, out usage, out anomalies);

    private static bool TryRead(ReadOnlySpan<byte> json, Names names, out TokenUsage usage, out UsageAnomalies anomalies)
    {
        usage = default;
        Span<long?> counts = stackalloc long?[6];
        counts.Clear();
        if (!names.Counts.TryRead(json, counts, out anomalies) || (counts is [null, _, null, null, _, null]))
        {
            return false;
        }

        ModalityTokens input = ModalityTokens.ReadAll(json, names.Input);
        ModalityTokens output = ModalityTokens.ReadAll(json, names.Output);
        usage = new TokenUsage
        {
            InputTokens = JsonCounts.Sum(counts[0], counts[1]),
            OutputTokens = JsonCounts.Sum(counts[2], counts[3]),
            ReasoningTokens = counts[3],
            CachedInputTokens = counts[4],
            TotalTokens = counts[5],
            InputAudioTokens = input.Audio,
            InputImageTokens = input.Image,
            OutputAudioTokens = output.Audio,
            OutputImageTokens = output.Image,
        };
        return true;
    }

    /// <summary>What one of the APIs calls the counts, in an order common to all, and the lists that say what the tokens stand for.</summary>
    private sealed record Names(JsonCounts Counts, string[] Input, string[] Output);
}
