using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>Reads embeddings, images and audio of OpenAI's form: the body, or the event that ends the stream, has the usage.</summary>
internal sealed class OpenAIResultReader(bool allowsNonJsonBody = false) : UsageReader(Result)
{
    private static readonly UsageFields Result = new();
    private static readonly UsageField Id = Result.Add("id");
    private static readonly UsageField Model = Result.Add("model");
    private static readonly UsageField ServiceTier = Result.Add("service_tier");
    private static readonly UsageField Usage = Result.Add("usage");
    private static readonly OpenAIErrorFields Errors = new(Result);

    public override ReadOnlySpan<byte> Terminator => OpenAIReport.Terminator;

    public override bool AllowsNonJsonBody => allowsNonJsonBody;

    public override void Read(UsageDocument document, UsageReport report)
    {
        report.RecordResponseId(document[Id]);
        report.RecordResponseModel(document[Model]);
        report.RecordServiceTier(document[ServiceTier]);
        ReadOnlySpan<byte> type = document[Errors.Type];
        if (Errors.FindError(document) is { } error)
        {
            report.RecordError(error);
        }
        else if (JsonValue.TextEquals(type, "error"))
        {
            report.RecordError(Errors.ReadFlatError(document));
        }

        ReadOnlySpan<byte> usage = document[Usage];
        if (!OpenAIReport.RecordUsage(report, usage, UsageStage.Final))
        {
            report.RecordRawUsage(usage); // A transcription that is billed by its seconds.
        }

        if (IsLastEvent(type))
        {
            report.RecordEnd();
        }
    }

    private static bool IsLastEvent(ReadOnlySpan<byte> type) =>
        JsonValue.TextEquals(type, "image_generation.completed") || JsonValue.TextEquals(type, "image_edit.completed")
        || JsonValue.TextEquals(type, "transcript.text.done") || JsonValue.TextEquals(type, "speech.audio.done")
        || JsonValue.TextEquals(type, "transcription.done"); // Mistral
}
