using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>Reads usage out of DashScope's responses, streamed or not.</summary>
/// <remarks>Every event of a stream reports usage, and the reports are running totals. A stream has no end of its own but that of its body.</remarks>
internal sealed class DashScopeReader() : UsageReader(Fields)
{
    private static readonly UsageFields Fields = new(JsonShape.Object(
        ("request_id", JsonShape.Text(Slot.Id)),
        ("model", JsonShape.Text(Slot.Model)),
        ("code", JsonShape.Text(Slot.ErrorCode)),
        ("usage", JsonShape.Text(Slot.Usage)),
        ("output", JsonShape.Object(
            ("finish_reason", JsonShape.Text(Slot.FinishReason)),
            ("choices", JsonShape.Array(JsonShape.Object(
                ("finish_reason", JsonShape.Text(Slot.FinishReason)))))))));

    // Details have one name in the older models and another in the newer.
    private static readonly JsonCounts Counts = new(
        "input_tokens", "output_tokens", "total_tokens",
        "prompt_tokens_details.cached_tokens", "input_tokens_details.cached_tokens", "prompt_tokens_details.cache_creation_input_tokens",
        "output_tokens_details.reasoning_tokens",
        "input_tokens_details.image_tokens", "image_tokens", "input_tokens_details.audio_tokens", "audio_tokens",
        "output_tokens_details.audio_tokens");

    protected override void Read(UsageDocument document)
    {
        JsonCaptures captures = document.Captures;
        TakeResponseId(captures.Last(Slot.Id));
        TakeResponseModel(captures.Last(Slot.Model));
        ReadFinishReasons(captures);
        ReadUsage(captures.Last(Slot.Usage));
        if (captures.Last(Slot.ErrorCode) is [(byte)'"', not (byte)'"', ..])
        {
            // Beside it stands only a message. Where all is well, the code is empty or missing.
            TakeError(ErrorObject.Of(captures.Last(Slot.ErrorCode), default));
        }
    }

    private void ReadFinishReasons(JsonCaptures captures)
    {
        int index = 0;
        for (int i = 0; i < captures.Count && index < MaxChoices; i++)
        {
            if (captures.Slot(i) == Slot.FinishReason)
            {
                // What goes on has the text "null" for its reason.
                TakeFinishReason(JsonValue.TextEquals(captures.Text(i), "null") ? default : captures.Text(i), index++);
            }
        }
    }

    private void ReadUsage(ReadOnlySpan<byte> json)
    {
        Span<long?> counts = stackalloc long?[12];
        counts.Clear();
        bool isRead = Counts.TryRead(json, counts, out UsageAnomalies anomalies);
        if (!isRead || counts[..3] is [null, null, null])
        {
            Flag(anomalies);
            return;
        }

        var usage = new TokenUsage
        {
            InputTokens = counts[0],
            OutputTokens = counts[1],
            TotalTokens = counts[2],
            CachedInputTokens = counts[3] ?? counts[4],
            CacheWriteTokens = counts[5],
            ReasoningTokens = counts[6],
            InputImageTokens = counts[7] ?? counts[8],
            InputAudioTokens = counts[9] ?? counts[10],
            OutputAudioTokens = counts[11],
        };
        TakeUsage(usage, json, isFinal: EveryChoiceFinished, anomalies);
    }

    private static class Slot
    {
        public const int Id = 0;
        public const int Model = 1;
        public const int ErrorCode = 2;
        public const int Usage = 3;
        public const int FinishReason = 4;
    }
}
