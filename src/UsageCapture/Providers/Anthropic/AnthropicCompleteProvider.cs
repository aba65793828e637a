using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>Anthropic's old Text Completions API. It reports no usage, so the record has the model and the finish reason only.</summary>
internal sealed class AnthropicCompleteProvider : UsageProvider
{
    private const string Completion = "completion";

    // The members by which a response is recognized. "?" means that only the presence of the member is kept.
    private static readonly UsageFields RecognitionFields = new();
    private static readonly UsageField Type = RecognitionFields.Add("type");
    private static readonly UsageField Text = RecognitionFields.Add("completion?");
    private static readonly UsageField Model = RecognitionFields.Add("model?");

    public override string Protocol => "anthropic-complete";

    public override UsageFields ResponseFields => RecognitionFields;

    // The API requires this member, and no other API has it.
    internal override string[] InputMembers => ["max_tokens_to_sample"];

    public override bool Matches(Uri address) => AddressParts.EndsWith(address, "/v1/complete");

    public override UsageEndpoint Describe(Uri address) => new()
    {
        Provider = ProviderNames.FromAddress(address, ProviderNames.Anthropic),
        Operation = "text_completion",
    };

    public override bool MatchesResponse(UsageDocument document) =>
        JsonValue.TextEquals(document[Type], Completion) && document.Has(Text) && document.Has(Model);

    public override UsageReader CreateReader() => new Reader();

    private sealed class Reader() : UsageReader(DocumentFields)
    {
        private static readonly UsageFields DocumentFields = new();
        private static readonly UsageField Id = DocumentFields.Add("id");
        private static readonly UsageField Model = DocumentFields.Add("model");
        private static readonly UsageField StopReason = DocumentFields.Add("stop_reason");
        private static readonly OpenAIErrorFields Errors = new(DocumentFields);

        public override void Read(UsageDocument document, UsageReport report)
        {
            report.RecordResponseId(document[Id]);
            report.RecordResponseModel(document[Model]);
            if (Errors.FindError(document) is { } error)
            {
                report.RecordError(error);
            }
            else if (JsonValue.TextEquals(document[Errors.TopLevelType], Completion))
            {
                report.RecordChoice(document[StopReason]); // Null in every event but the last.
            }
        }
    }
}
