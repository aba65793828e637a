using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>Reads the responses of Oracle's generative AI: a body, or the events of a stream.</summary>
/// <remarks>
/// A body has the answer in <c>chatResponse</c>. An event has the same members at the top. The usage comes in an event after the one with the
/// finish reason, and there is no end marker in the events.
/// </remarks>
internal sealed class OracleReader() : UsageReader(DocumentFields)
{
    // Several paths of one field are alternatives.
    private static readonly UsageFields DocumentFields = new();
    private static readonly UsageField Id = DocumentFields.Add("id");
    private static readonly UsageField Model = DocumentFields.Add("modelId");
    private static readonly UsageField Usage = DocumentFields.Add("usage", "chatResponse.usage");
    private static readonly UsageField Choices = DocumentFields.Add("chatResponse.choices[]");
    private static readonly UsageField ChoiceIndex = DocumentFields.Add("chatResponse.choices[].index");
    private static readonly UsageField ChoiceFinishReason = DocumentFields.Add("chatResponse.choices[].finishReason");
    private static readonly UsageField Index = DocumentFields.Add("index");
    private static readonly UsageField FinishReason = DocumentFields.Add(
        "finishReason", "chatResponse.finishReason"); // In an event, and in the body of a Cohere model
    private static readonly UsageField Message = DocumentFields.Add("message?", "text?", "chatResponse.text?");
    private static readonly UsageField ErrorCode = DocumentFields.Add("code");

    private static readonly CountReader<Count> Counts = new(
        ("promptTokens", Count.Input),
        ("completionTokens", Count.Output),
        ("totalTokens", Count.Total),
        ("promptTokensDetails.cachedTokens", Count.Cached),
        ("completionTokensDetails.reasoningTokens", Count.Reasoning));

    private enum Count
    {
        Input,
        Output,
        Total,
        Cached,
        Reasoning,
    }

    public override ReadOnlySpan<byte> Terminator => DoneTerminator;

    public override void Read(UsageDocument document, UsageReport report)
    {
        report.RecordResponseId(document[Id]);
        report.RecordResponseModel(document[Model]);
        foreach (UsageElement choice in document.Each(Choices))
        {
            report.RecordChoice(choice[ChoiceFinishReason], choice.GetIndex(ChoiceIndex));
        }

        bool isError = JsonValue.HasText(document[ErrorCode]); // {"code":"404","message":"…"}
        if (isError)
        {
            report.RecordError(ErrorReader.ReadParts(document[ErrorCode], type: default));
        }
        else if (document.Has(Message) || JsonValue.HasText(document[FinishReason]))
        {
            report.RecordChoice(document[FinishReason], JsonValue.GetIndex(document[Index], UsageReport.MaxChoices));
        }

        UsageStage stage = report.EveryChoiceFinished ? UsageStage.Final : UsageStage.Running;
        report.RecordUsage(ReadUsage(document[Usage]), document[Usage], stage);
    }

    private static UsageReading ReadUsage(ReadOnlySpan<byte> json)
    {
        UsageCounts<Count> counts = Counts.Read(json);
        bool hasTokens = counts[Count.Input] is not null || counts[Count.Output] is not null || counts[Count.Total] is not null;
        var usage = new TokenUsage
        {
            InputTokens = counts[Count.Input],
            CachedInputTokens = counts[Count.Cached],
            OutputTokens = counts[Count.Output],
            ReasoningTokens = counts[Count.Reasoning],
            TotalTokens = counts[Count.Total],
        };
        return new UsageReading(hasTokens ? usage : null, counts.Anomalies);
    }
}
