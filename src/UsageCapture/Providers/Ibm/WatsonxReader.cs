using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>Reads watsonx's text generation: a body, or one event after another.</summary>
/// <remarks>A stream reports the input in its first event and zeros after that. The output is a running total.</remarks>
internal sealed class WatsonxReader() : UsageReader(DocumentFields)
{
    private static readonly UsageFields DocumentFields = new();
    private static readonly UsageField Model = DocumentFields.Add("model_id");
    private static readonly UsageField StopReason = DocumentFields.Add("results[].stop_reason");
    private static readonly UsageField InputCount = DocumentFields.Add("results[].input_token_count");
    private static readonly UsageField OutputCount = DocumentFields.Add("results[].generated_token_count");
    private static readonly UsageField ErrorCode = DocumentFields.Add("errors[].code");

    public override void Read(UsageDocument document, UsageReport report)
    {
        report.RecordResponseModel(document[Model]);
        if (document[StopReason] is { IsEmpty: false } reason)
        {
            report.RecordChoice(JsonValue.TextEquals(reason, "not_finished") ? default : reason);
        }

        ReadUsage(document, report);
        if (JsonValue.HasText(document[ErrorCode]))
        {
            report.RecordError(ErrorObject.FromMembers(document[ErrorCode], type: default));
        }
    }

    private static void ReadUsage(UsageDocument document, UsageReport report)
    {
        var counts = new ScatteredCounts(report, stackalloc byte[ScatteredCounts.BufferSize]);
        long? input = counts.ReadCount(document[InputCount]);
        long? output = counts.ReadCount(document[OutputCount]);
        if ((input ?? output) is null)
        {
            return;
        }

        input = input > 0 ? input : report.Usage?.InputTokens ?? input;
        output ??= report.Usage?.OutputTokens;
        counts.WriteCount("input_token_count"u8, input);
        counts.WriteCount("generated_token_count"u8, output);
        var usage = new TokenUsage { InputTokens = input, OutputTokens = output };
        report.RecordUsage(usage, counts.UsageJson, report.EveryChoiceFinished ? UsageStage.Final : UsageStage.Running);
    }
}
