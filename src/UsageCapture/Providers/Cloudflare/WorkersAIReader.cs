using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>Reads the responses of Workers AI: a body with the answer in <c>result</c>, or the events of a stream.</summary>
/// <remarks>
/// Some models answer in Cloudflare's own form, with the text in <c>response</c>, and others in that of OpenAI's chat completions. In both,
/// the last event of a stream is <c>{"response":"","usage":{…}}</c>. Its counts are those of the whole response. The chunks of chat
/// completions before it have the counts of their own tokens only.
/// </remarks>
internal sealed class WorkersAIReader() : UsageReader(DocumentFields)
{
    // Several paths of one field are alternatives.
    private static readonly UsageFields DocumentFields = new();
    private static readonly UsageField Id = DocumentFields.Add("id", "result.id");
    private static readonly UsageField Model = DocumentFields.Add("model", "result.model");
    private static readonly UsageField Usage = DocumentFields.Add("usage");
    private static readonly UsageField Choices = DocumentFields.Add("choices[]");
    private static readonly UsageField FinishReason = DocumentFields.Add("choices[].finish_reason");
    private static readonly UsageField ChoiceIndex = DocumentFields.Add("choices[].index");
    private static readonly UsageField ResultUsage = DocumentFields.Add("result.usage");
    private static readonly UsageField ResultChoices = DocumentFields.Add("result.choices[]");
    private static readonly UsageField ResultFinishReason = DocumentFields.Add("result.choices[].finish_reason");
    private static readonly UsageField ErrorCode = DocumentFields.Add("errors[].code");

    public override ReadOnlySpan<byte> Terminator => DoneTerminator;

    // Models for images and speech answer with the image or the sound.
    public override bool AllowsNonJsonBody => true;

    public override void Read(UsageDocument document, UsageReport report)
    {
        report.RecordResponseId(document[Id]);
        report.RecordResponseModel(document[Model]);
        foreach (UsageElement choice in document.Each(ResultChoices))
        {
            report.RecordChoice(choice[ResultFinishReason], Math.Min(choice.Position, UsageReport.MaxChoices - 1));
        }

        bool isChunk = false;
        foreach (UsageElement choice in document.Each(Choices))
        {
            isChunk = true;
            report.RecordChoice(choice[FinishReason], choice.GetIndex(ChoiceIndex));
        }

        // The counts of the chunks are partial. Those of the last event replace them, which is no repetition.
        OpenAIUsageRecorder.TryRecord(report, document[ResultUsage], UsageStage.Final, replacesCounts: true);
        OpenAIUsageRecorder.TryRecord(report, document[Usage], isChunk ? UsageStage.Incomplete : UsageStage.Final, replacesCounts: true);
        if (JsonValue.HasText(document[ErrorCode]))
        {
            report.RecordError(ErrorReader.ReadParts(document[ErrorCode], type: default));
        }
    }
}
