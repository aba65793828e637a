namespace UsageCapture.Providers;

/// <summary>Reads Cohere's usage objects and converts them to <see cref="TokenUsage"/>.</summary>
internal static class CohereUsage
{
    // Text excludes images. TokenUsage counts images in the input, so both are added up.
    // The names in "usage" of version 2's chat, and in "meta" of everything else (docs.cohere.com/reference/chat, /reference/embed).
    private static readonly CountReader<Count> UsageReader = new(
        ("tokens.input_tokens", Count.Text),
        ("tokens.image_tokens", Count.Image),
        ("tokens.output_tokens", Count.Output),
        ("tokens.reasoning_tokens", Count.Reasoning),
        ("billed_units.input_tokens", Count.BilledText),
        ("billed_units.image_tokens", Count.BilledImage),
        ("billed_units.output_tokens", Count.BilledOutput),
        ("cached_tokens", Count.Cached));

    // The names in "token_count" of version 1's chat. Older servers send it, and no counts in "meta".
    private static readonly CountReader<Count> OlderUsageReader = new(
        ("prompt_tokens", Count.Text),
        ("response_tokens", Count.Output),
        ("total_tokens", Count.Total));

    private enum Count
    {
        Text,
        Image,
        Output,
        Reasoning,
        BilledText,
        BilledImage,
        BilledOutput,
        Cached,
        Total,
    }

    /// <summary>
    /// Reads <c>usage</c> or <c>meta</c>: the tokens that the model processed, or the billed tokens when only these are reported.
    /// </summary>
    /// <param name="json">The JSON text of the object; empty when the document has none.</param>
    /// <remarks>
    /// The billed tokens are fewer, because they exclude the text that Cohere adds to a prompt. Embeddings report only billed tokens. The
    /// raw usage has both. The count of the text excludes images (docs.cohere.com, "How does Cohere's pricing work").
    /// </remarks>
    public static UsageReading Read(ReadOnlySpan<byte> json)
    {
        UsageCounts<Count> counts = UsageReader.Read(json);
        UsageReading processed = Normalize(counts, Count.Text, Count.Image, Count.Output);
        return processed.Usage is null ? Normalize(counts, Count.BilledText, Count.BilledImage, Count.BilledOutput) : processed;
    }

    /// <summary>Reads <c>token_count</c>.</summary>
    /// <param name="json">The JSON text of the object; empty when the document has none.</param>
    public static UsageReading ReadOlderUsage(ReadOnlySpan<byte> json)
    {
        UsageCounts<Count> counts = OlderUsageReader.Read(json);
        bool hasTokens = counts[Count.Text] is not null || counts[Count.Output] is not null;
        var usage = new TokenUsage
        {
            InputTokens = counts[Count.Text],
            OutputTokens = counts[Count.Output],
            TotalTokens = counts[Count.Total],
        };
        return new UsageReading(hasTokens ? usage : null, counts.Anomalies);
    }

    /// <summary>Converts the counts. The last three parameters tell which counts to use: the processed or the billed ones.</summary>
    private static UsageReading Normalize(in UsageCounts<Count> counts, Count text, Count image, Count output)
    {
        bool hasTokens = counts[text] is not null || counts[image] is not null || counts[output] is not null;
        var usage = new TokenUsage
        {
            InputTokens = TokenSum.OfKnown(counts[text], counts[image]),
            InputImageTokens = counts[image],
            OutputTokens = counts[output],
            ReasoningTokens = counts[Count.Reasoning],
            CachedInputTokens = counts[Count.Cached],
        };
        return new UsageReading(hasTokens ? usage : null, counts.Anomalies);
    }
}
