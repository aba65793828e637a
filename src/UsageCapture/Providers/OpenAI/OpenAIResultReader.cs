using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>
/// Reads the results of the embeddings, images and audio APIs of OpenAI, and of other providers that offer the same APIs. These results
/// have no choices. The body, or the last event of a stream, has the usage.
/// </summary>
/// <param name="allowsNonJsonBody">Whether a response may be something other than JSON, such as audio. False for APIs that always answer in JSON.</param>
internal sealed class OpenAIResultReader(bool allowsNonJsonBody = false) : UsageReader(ResultFields)
{
    private static readonly UsageFields ResultFields = new();
    private static readonly UsageField Id = ResultFields.Add("id");
    private static readonly UsageField Model = ResultFields.Add("model");
    private static readonly UsageField ServiceTier = ResultFields.Add("service_tier");
    private static readonly UsageField Usage = ResultFields.Add("usage");
    private static readonly OpenAIErrorFields Errors = new(ResultFields);

    public override ReadOnlySpan<byte> Terminator => DoneTerminator;

    public override bool AllowsNonJsonBody => allowsNonJsonBody;

    public override void Read(UsageDocument document, UsageReport report)
    {
        report.RecordResponseId(document[Id]);
        report.RecordResponseModel(document[Model]);
        report.RecordServiceTier(document[ServiceTier]);
        ReadOnlySpan<byte> type = document[Errors.TopLevelType];
        if (Errors.FindError(document) is { } error)
        {
            report.RecordError(error);
        }
        else if (JsonValue.TextEquals(type, "error"))
        {
            // An event of type "error" without an "error" member. Its code, if there is one, is a member of the event.
            report.RecordError(Errors.ReadFlatError(document));
        }

        // Only the body or the last event has usage, so it is final.
        ReadOnlySpan<byte> usage = document[Usage];
        if (!OpenAIUsageRecorder.TryRecord(report, usage, UsageStage.Final))
        {
            // No usage, which records nothing, or no tokens in it: a transcription that is billed by duration has seconds instead.
            report.RecordRawUsage(usage);
        }

        if (IsLastEvent(type))
        {
            report.RecordEnd();
        }
    }

    private static bool IsLastEvent(ReadOnlySpan<byte> type) =>
        JsonValue.TextEquals(type, "image_generation.completed")
        || JsonValue.TextEquals(type, "image_edit.completed")
        || JsonValue.TextEquals(type, "transcript.text.done")
        || JsonValue.TextEquals(type, "speech.audio.done")
        || JsonValue.TextEquals(type, "transcription.done"); // Mistral's name for "transcript.text.done".
}
