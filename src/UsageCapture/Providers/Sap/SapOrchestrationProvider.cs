namespace UsageCapture.Providers;

/// <summary>The orchestration service of SAP AI Core. It wraps a chat completion in OpenAI's format.</summary>
/// <remarks>
/// The first version of the API has the completion in <c>orchestration_result</c>, and the second in <c>final_result</c>, both in a body
/// and in the events of a stream. SAP's other endpoints answer in the format of the model's company, by which they are recognized.
/// </remarks>
internal sealed class SapOrchestrationProvider : UsageProvider
{
    // The members by which a response is recognized. "?" means that only the presence of the member is kept.
    // Several paths of one field are alternatives.
    private static readonly UsageFields RecognitionFields = new();
    private static readonly UsageField Choices = RecognitionFields.Add("orchestration_result.choices?", "final_result.choices?");
    private static readonly UsageField RequestId = RecognitionFields.Add("request_id?");

    public override string Protocol => "sap-orchestration";

    public override UsageFields ResponseFields => RecognitionFields;

    // Matches /v2/inference/deployments/{deployment}/completion and /v2/completion.
    public override bool Matches(Uri address) =>
        ProviderNames.FromAddress(address, "") == ProviderNames.Sap
        && AddressParts.EndsWith(address, "/completion");

    public override UsageEndpoint Describe(Uri address) => new()
    {
        Provider = ProviderNames.FromAddress(address, ProviderNames.Sap),
        Operation = "chat",
        Deployment = AddressParts.GetSegmentAfter(address, "/deployments/"),
        Region = AddressRegion.Find(address),
    };

    public override bool MatchesResponse(UsageDocument document) => document.Has(Choices) && document.Has(RequestId);

    public override UsageReader CreateReader() => new Reader();

    private sealed class Reader() : UsageReader(DocumentFields)
    {
        // Several paths of one field are alternatives.
        private static readonly UsageFields DocumentFields = new();
        private static readonly UsageField Id = Add("id");
        private static readonly UsageField Model = Add("model");
        private static readonly UsageField Usage = Add("usage");
        private static readonly UsageField Choices = Add("choices[]");
        private static readonly UsageField ChoiceIndex = Add("choices[].index");
        private static readonly UsageField FinishReason = Add("choices[].finish_reason");
        private static readonly OpenAIErrorFields Errors = new(DocumentFields);

        public override ReadOnlySpan<byte> Terminator => DoneTerminator;

        public override void Read(UsageDocument document, UsageReport report)
        {
            report.RecordResponseId(document[Id]);
            report.RecordResponseModel(document[Model]);
            int choiceCount = 0;
            foreach (UsageElement choice in document.Each(Choices))
            {
                choiceCount++;
                report.RecordChoice(choice[FinishReason], choice.GetIndex(ChoiceIndex));
            }

            // Usage in an event without choices comes after all choices.
            bool isFinal = choiceCount == 0 || report.EveryChoiceFinished;
            OpenAIUsageRecorder.TryRecord(report, document[Usage], isFinal ? UsageStage.Final : UsageStage.Running);
            if (Errors.FindError(document) is { } error)
            {
                report.RecordError(error);
            }
        }

        private static UsageField Add(string path) => DocumentFields.Add("orchestration_result." + path, "final_result." + path);
    }
}
