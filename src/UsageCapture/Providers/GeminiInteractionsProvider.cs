using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>Google's Interactions, streamed or not.</summary>
internal sealed class GeminiInteractionsProvider : UsageProvider
{
    public override string Protocol => "gemini-interactions";

    // Elsewhere than at Google, "interactions" may be anything.
    public override bool Matches(Uri address) =>
        AddressParts.EndsWith(address, "/v1beta/interactions")
        || (AddressParts.EndsWith(address, "/interactions") && ProviderNames.IsAt(address, "googleapis.com"));

    public override UsageEndpoint Describe(Uri address) => GoogleEndpoint.Describe(address, "generate_content");

    public override UsageReader CreateReader() => new Reader();

    /// <summary>Reads the interaction: the body itself, or what the first and the last event of a stream hold.</summary>
    /// <remarks>The four parts of the total exclude one another, as with <see cref="GeminiUsage"/>.</remarks>
    private sealed class Reader() : UsageReader(Fields, Done)
    {
        private static readonly byte[] Done = "[DONE]"u8.ToArray();

        private static readonly UsageFields Fields = new(
            "id", "model", "status", "service_tier", "usage", "error", "event_type",
            "interaction.id", "interaction.model", "interaction.status", "interaction.service_tier", "interaction.usage", "interaction.error");

        private static readonly JsonCounts Counts = new(
            "total_input_tokens", "total_tool_use_tokens", "total_output_tokens", "total_thought_tokens", "total_cached_tokens", "total_tokens");

        protected override void Read(UsageDocument document)
        {
            bool isEvent = JsonValue.HasText(document["event_type"]);
            bool isLast = isEvent
                ? IsLast(document["event_type"])
                : !JsonValue.TextEquals(document["status"], "in_progress"); // Asked for in the background, and to be fetched later.
            TakeResponseId(isEvent ? document["interaction.id"] : document["id"]);
            TakeResponseModel(isEvent ? document["interaction.model"] : document["model"]);
            TakeServiceTier(isEvent ? document["interaction.service_tier"] : document["service_tier"]);
            if (isLast)
            {
                TakeFinishReason(isEvent ? document["interaction.status"] : document["status"]);
            }

            ReadUsage(isEvent ? document["interaction.usage"] : document["usage"], isLast);
            if (isLast && isEvent)
            {
                End();
            }

            ReadError(document["error"]);
            ReadError(document["interaction.error"]);
        }

        // The first versions said "complete".
        private static bool IsLast(ReadOnlySpan<byte> type) =>
            JsonValue.TextEquals(type, "interaction.completed") || JsonValue.TextEquals(type, "interaction.complete");

        private static long? Sum(long? one, long? other) => one is null ? other : one + (other ?? 0);

        private void ReadUsage(ReadOnlySpan<byte> json, bool isFinal)
        {
            Span<long?> counts = stackalloc long?[6];
            counts.Clear();
            bool isRead = Counts.TryRead(json, counts, out UsageAnomalies anomalies);
            if (!isRead || counts is [null, _, null, null, _, null])
            {
                Flag(anomalies);
                return;
            }

            ModalityTokens input = ModalityTokens.Read(JsonValue.GetMember(json, "input_tokens_by_modality"))
                + ModalityTokens.Read(JsonValue.GetMember(json, "tool_use_tokens_by_modality"));
            ModalityTokens output = ModalityTokens.Read(JsonValue.GetMember(json, "output_tokens_by_modality"));
            var usage = new TokenUsage
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
            TakeUsage(usage, json, isFinal, anomalies);
        }

        private void ReadError(ReadOnlySpan<byte> error)
        {
            if (error is [(byte)'{', ..])
            {
                TakeError(OpenAIError.Read(error));
            }
        }
    }
}
