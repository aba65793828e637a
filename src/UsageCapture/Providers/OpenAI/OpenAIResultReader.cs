using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>Reads usage out of results that come at once: embeddings, images, audio. Of those that can be streamed the last event has it.</summary>
internal class OpenAIResultReader() : OpenAIReader(Fields)
{
    private static readonly UsageFields Fields = new("type", "id", "model", "service_tier", "usage", "error", "code", "param");

    protected override void Read(UsageDocument document)
    {
        TakeResponseId(document["id"]);
        TakeResponseModel(document["model"]);
        TakeServiceTier(document["service_tier"]);
        ReadOnlySpan<byte> type = document["type"];
        if (!TakeError(document["error"], document["code"], type, document["param"]) && JsonValue.TextEquals(type, "error"))
        {
            TakeError(ErrorObject.Of(document["code"], type, document["param"]));
        }

        ReadOnlySpan<byte> usage = document["usage"];
        if (!TakeUsage(usage, isFinal: true))
        {
            TakeRawUsage(usage);
        }

        if (IsLast(type))
        {
            End();
        }
    }

    private static bool IsLast(ReadOnlySpan<byte> type) =>
        JsonValue.TextEquals(type, "image_generation.completed") || JsonValue.TextEquals(type, "image_edit.completed")
        || JsonValue.TextEquals(type, "transcript.text.done") || JsonValue.TextEquals(type, "speech.audio.done")
        || JsonValue.TextEquals(type, "transcription.done"); // Mistral
}
