using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>Reads usage out of Cohere's responses: one object, the second version's events, or the first version's objects a line.</summary>
/// <remarks>
/// A stream reports usage once, in the event that ends it. The second version calls the object <c>usage</c>, and the first version,
/// like all embeddings, <c>meta</c>. Reranking and classification are billed by other units than tokens, so they have none.
/// </remarks>
internal sealed class CohereReader() : UsageReader(Fields, Done)
{
    private static readonly byte[] Done = "[DONE]"u8.ToArray();

    private static readonly UsageFields Fields = new(JsonShape.Object(
        ("id", JsonShape.Text(Slot.Id)),
        ("generation_id", JsonShape.Text(Slot.GenerationId)),
        ("type", JsonShape.Text(Slot.EventType)),
        ("event_type", JsonShape.Text(Slot.EventType)),
        ("finish_reason", JsonShape.Text(Slot.FinishReason)),
        ("generations", JsonShape.Array(JsonShape.Object(("finish_reason", JsonShape.Text(Slot.GenerationFinishReason))))),
        ("usage", JsonShape.Text(Slot.Usage)),
        ("meta", JsonShape.Text(Slot.Usage)),
        ("token_count", JsonShape.Text(Slot.TokenCount)),
        ("message", JsonShape.Presence(Slot.Message)),
        ("error", JsonShape.Text(Slot.Error)),
        ("delta", JsonShape.Object(
            ("finish_reason", JsonShape.Text(Slot.FinishReason)),
            ("usage", JsonShape.Text(Slot.Usage)),
            ("error", JsonShape.Text(Slot.Error)))),
        ("response", JsonShape.Object(
            ("generation_id", JsonShape.Text(Slot.GenerationId)),
            ("meta", JsonShape.Text(Slot.Usage)),
            ("token_count", JsonShape.Text(Slot.TokenCount))))));

    private static readonly JsonCounts Counts = new(
        "tokens.input_tokens", "tokens.image_tokens", "tokens.output_tokens", "tokens.reasoning_tokens",
        "billed_units.input_tokens", "billed_units.image_tokens", "billed_units.output_tokens", "cached_tokens");

    // What chats of the first version had before they had counts in their meta.
    private static readonly JsonCounts FormerCounts = new("prompt_tokens", "response_tokens", "total_tokens");

    private protected override bool EndsItself => true;

    protected override void Read(UsageDocument document)
    {
        JsonCaptures captures = document.Captures;
        ReadOnlySpan<byte> type = captures.Last(Slot.EventType);
        bool isLast = !JsonValue.HasText(type) || JsonValue.TextEquals(type, "message-end") || JsonValue.TextEquals(type, "stream-end");
        TakeResponseId(captures.Has(Slot.GenerationId) ? captures.Last(Slot.GenerationId) : captures.Last(Slot.Id));
        if (isLast)
        {
            ReadFinishReasons(captures);
            if (!ReadUsage(captures.Last(Slot.Usage)))
            {
                ReadFormerUsage(captures.Last(Slot.TokenCount));
            }

            End();
        }

        ReadError(captures, isAnswer: JsonValue.HasText(type) || captures.Has(Slot.FinishReason) || captures.Has(Slot.Usage));
    }

    private void ReadFinishReasons(JsonCaptures captures)
    {
        int index = 0;
        for (int i = 0; i < captures.Count && index < MaxChoices; i++)
        {
            if (captures.Slot(i) == Slot.GenerationFinishReason)
            {
                TakeFinishReason(captures.Text(i), index++);
            }
        }

        if (captures.Has(Slot.FinishReason))
        {
            TakeFinishReason(captures.Last(Slot.FinishReason));
        }
    }

    /// <summary>Takes the tokens that the model processed; where these are not told, as in embeddings, the tokens that are billed.</summary>
    /// <remarks>
    /// The billed tokens leave out what Cohere adds to a prompt, so they are fewer; both stay in the raw usage. Images are counted beside
    /// the text (docs.cohere.com, "How does Cohere's pricing work").
    /// </remarks>
    private bool ReadUsage(ReadOnlySpan<byte> json)
    {
        Span<long?> counts = stackalloc long?[8];
        counts.Clear();
        bool isRead = Counts.TryRead(json, counts, out UsageAnomalies anomalies);
        if (!isRead || counts[..7] is [null, null, null, _, null, null, null])
        {
            Flag(anomalies);
            return false;
        }

        bool isProcessed = counts[..3] is not [null, null, null];
        (long? text, long? image, long? output) = isProcessed ? (counts[0], counts[1], counts[2]) : (counts[4], counts[5], counts[6]);
        var usage = new TokenUsage
        {
            InputTokens = JsonCounts.Sum(text, image),
            InputImageTokens = image,
            OutputTokens = output,
            ReasoningTokens = counts[3],
            CachedInputTokens = counts[7],
        };
        TakeUsage(usage, json, isFinal: true, anomalies);
        return true;
    }

    private void ReadFormerUsage(ReadOnlySpan<byte> json)
    {
        Span<long?> counts = stackalloc long?[3];
        counts.Clear();
        if (FormerCounts.TryRead(json, counts, out UsageAnomalies anomalies) && (counts[0] ?? counts[1]) is not null)
        {
            var usage = new TokenUsage { InputTokens = counts[0], OutputTokens = counts[1], TotalTokens = counts[2] };
            TakeUsage(usage, json, isFinal: true, anomalies);
        }
        else
        {
            Flag(anomalies);
        }
    }

    /// <summary>Takes an error: an object that is only a message, or an event's own. What it calls itself is at most a finish reason.</summary>
    private void ReadError(JsonCaptures captures, bool isAnswer)
    {
        if (JsonValue.HasText(captures.Last(Slot.Error)) || (!isAnswer && captures.Has(Slot.Message)))
        {
            TakeError(new UsageError());
        }
        else if (JsonValue.TextEquals(captures.Last(Slot.FinishReason), "ERROR"))
        {
            TakeError(new UsageError { Type = "ERROR" });
        }
    }

    private static class Slot
    {
        public const int Id = 0;
        public const int GenerationId = 1;
        public const int EventType = 2;
        public const int FinishReason = 3;
        public const int GenerationFinishReason = 4;
        public const int Usage = 5;
        public const int Message = 6;
        public const int Error = 7;
        public const int TokenCount = 8;
    }
}
