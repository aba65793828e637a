using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>Reads Google's <c>usageMetadata</c>.</summary>
/// <remarks>
/// <c>totalTokenCount</c> is the sum of four counts that exclude one another: the prompt, what tools fed back into it, the answer, and
/// the thoughts. The first two are input and the others output, for that is how they are billed. Zeros are left out on the wire, but so
/// is what is not known yet: a count that is missing is not taken for zero.
/// </remarks>
internal static class GeminiUsage
{
    private static readonly JsonCounts Counts = new(
        "promptTokenCount", "toolUsePromptTokenCount", "candidatesTokenCount", "thoughtsTokenCount", "cachedContentTokenCount", "totalTokenCount");

    /// <summary>Reads the counts.</summary>
    /// <param name="json">A JSON value, as it stood under the name of usage.</param>
    /// <param name="usage">The counts in their normal meaning.</param>
    /// <param name="anomalies">What was odd about them.</param>
    /// <returns>False when the value holds no count, as Vertex AI's <c>{"trafficType":"ON_DEMAND"}</c>.</returns>
    public static bool TryRead(ReadOnlySpan<byte> json, out TokenUsage usage, out UsageAnomalies anomalies)
    {
        usage = default;
        Span<long?> counts = stackalloc long?[6];
        counts.Clear();
        if (!Counts.TryRead(json, counts, out anomalies) || (counts is [null, _, null, null, _, null]))
        {
            return false;
        }

        // Embeddings write the first list without the s in the middle.
        ModalityTokens input = ModalityTokens.Read(JsonValue.GetMember(json, "promptTokensDetails"))
            + ModalityTokens.Read(JsonValue.GetMember(json, "promptTokenDetails"))
            + ModalityTokens.Read(JsonValue.GetMember(json, "toolUsePromptTokensDetails"));
        ModalityTokens output = ModalityTokens.Read(JsonValue.GetMember(json, "candidatesTokensDetails"));
        usage = new TokenUsage
        {
            InputTokens = Sum(counts[0], counts[1]),
            OutputTokens = Sum(counts[2], counts[3]),
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

    private static long? Sum(long? one, long? other) => one is null ? other : one + (other ?? 0);
}
