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
    private sealed class Reader() : UsageReader(Fields, Done)
    {
        private static readonly byte[] Done = "[DONE]"u8.ToArray();

        private static readonly UsageFields Fields = new(
            "id", "model", "status", "service_tier", "usage", "error", "event_type",
            "interaction.id", "interaction.model", "interaction.status", "interaction.service_tier", "interaction.usage", "interaction.error");

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

        private void ReadUsage(ReadOnlySpan<byte> json, bool isFinal)
        {
            if (GeminiUsage.TryReadInteraction(json, out TokenUsage usage, out UsageAnomalies anomalies))
            {
                TakeUsage(usage, json, isFinal, anomalies);
            }
            else
            {
                Flag(anomalies);
            }
        }

        private void ReadError(ReadOnlySpan<byte> error)
        {
            if (error is [(byte)'{', ..])
            {
                TakeError(ErrorObject.Read(error));
            }
        }
    }
}
