namespace UsageCapture.Providers;

/// <summary>Reads DashScope's responses, streamed or not.</summary>
/// <remarks>
/// Every event of a stream reports usage as a running total. The last event, which also has the last finish reason, has the final counts.
/// There is no end marker: the stream is over when the HTTP body ends.
/// </remarks>
internal sealed class DashScopeReader() : UsageReader(DocumentFields)
{
    private static readonly UsageFields DocumentFields = new();
    private static readonly UsageField Id = DocumentFields.Add("request_id");
    private static readonly UsageField Model = DocumentFields.Add("model");
    private static readonly UsageField ErrorCode = DocumentFields.Add("code");
    private static readonly UsageField Usage = DocumentFields.Add("usage");
    private static readonly UsageField FinishReason = DocumentFields.Add("output.finish_reason"); // With result_format "text"
    private static readonly UsageField Choices = DocumentFields.Add("output.choices[]"); // With result_format "message"
    private static readonly UsageField ChoiceIndex = DocumentFields.Add("output.choices[].index");
    private static readonly UsageField ChoiceFinishReason = DocumentFields.Add("output.choices[].finish_reason");

    public override void Read(UsageDocument document, UsageReport report)
    {
        report.RecordResponseId(document[Id]);
        report.RecordResponseModel(document[Model]);
        RecordFinishReasons(document, report);

        // The finish reasons are recorded first, because they tell whether the counts are final. Embeddings and reranking have no choices, so
        // their counts stay at Running. That does no harm: they are not streamed, and the end of their JSON makes the counts exact.
        UsageStage stage = report.EveryChoiceFinished ? UsageStage.Final : UsageStage.Running;
        report.RecordUsage(DashScopeUsage.Read(document[Usage]), document[Usage], stage);

        // A response without an error has no code or an empty one.
        if (document[ErrorCode] is [(byte)'"', not (byte)'"', ..] code)
        {
            report.RecordError(ErrorReader.ReadParts(code, type: default));
        }
    }

    private static void RecordFinishReasons(UsageDocument document, UsageReport report)
    {
        foreach (UsageElement choice in document.Each(Choices))
        {
            report.RecordChoice(choice[ChoiceFinishReason], choice.GetIndex(ChoiceIndex));
        }

        if (!document[FinishReason].IsEmpty)
        {
            report.RecordChoice(document[FinishReason]); // A null, or the word "null", means that the answer is not finished.
        }
    }
}
