using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>Reads DashScope's responses, streamed or not.</summary>
/// <remarks>Every event of a stream reports usage as a running total. A stream ends with its body.</remarks>
internal sealed class DashScopeReader() : UsageReader(DocumentFields)
{
    private static readonly UsageFields DocumentFields = new();
    private static readonly UsageField Id = DocumentFields.Add("request_id");
    private static readonly UsageField Model = DocumentFields.Add("model");
    private static readonly UsageField ErrorCode = DocumentFields.Add("code");
    private static readonly UsageField Usage = DocumentFields.Add("usage");
    private static readonly UsageField FinishReason = DocumentFields.Add("output.finish_reason"); // result_format "text"
    private static readonly UsageField Choices = DocumentFields.Add("output.choices[]"); // result_format "message"
    private static readonly UsageField ChoiceIndex = DocumentFields.Add("output.choices[].index");
    private static readonly UsageField ChoiceFinishReason = DocumentFields.Add("output.choices[].finish_reason");

    public override void Read(UsageDocument document, UsageReport report)
    {
        report.RecordResponseId(document[Id]);
        report.RecordResponseModel(document[Model]);
        ReadFinishReasons(document, report);
        UsageStage stage = report.EveryChoiceFinished ? UsageStage.Final : UsageStage.Running;
        report.RecordUsage(DashScopeUsage.Read(document[Usage]), document[Usage], stage);

        // A response without an error has no code or an empty one.
        if (document[ErrorCode] is [(byte)'"', not (byte)'"', ..] code)
        {
            report.RecordError(ErrorObject.FromMembers(code, type: default));
        }
    }

    private static void ReadFinishReasons(UsageDocument document, UsageReport report)
    {
        foreach (UsageElement choice in document.Each(Choices))
        {
            report.RecordChoice(WithoutNullText(choice[ChoiceFinishReason]), choice.GetIndex(ChoiceIndex));
        }

        if (!document[FinishReason].IsEmpty)
        {
            report.RecordChoice(WithoutNullText(document[FinishReason]));
        }
    }

    // A choice that goes on has the text "null" for its reason.
    private static ReadOnlySpan<byte> WithoutNullText(ReadOnlySpan<byte> reason) =>
        JsonValue.TextEquals(reason, "null") ? default : reason;
}
