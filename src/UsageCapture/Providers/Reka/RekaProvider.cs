namespace UsageCapture.Providers;

/// <summary>Reka's chat API. Each event of a stream has the whole answer so far, with a running total of the usage.</summary>
internal sealed class RekaProvider : UsageProvider
{
    // The members by which a response is recognized. "?" means that only the presence of the member is kept.
    private static readonly UsageFields RecognitionFields = new();
    private static readonly UsageField Message = RecognitionFields.Add("responses[].message?", "responses[].chunk?");
    private static readonly UsageField OutputTokens = RecognitionFields.Add("usage.output_tokens?");

    public override string Protocol => "reka-chat";

    public override UsageFields ResponseFields => RecognitionFields;

    public override bool Matches(Uri address) =>
        ProviderNames.IsInDomain(address, "reka.ai") && AddressParts.EndsWith(address, "/v1/chat");

    public override UsageEndpoint Describe(Uri address) => new()
    {
        Provider = ProviderNames.FromAddress(address, ProviderNames.Reka),
        Operation = "chat",
    };

    public override bool MatchesResponse(UsageDocument document) => document.Has(Message) && document.Has(OutputTokens);

    public override UsageReader CreateReader() => new Reader();

    private sealed class Reader() : UsageReader(DocumentFields)
    {
        private static readonly UsageFields DocumentFields = new();
        private static readonly UsageField Id = DocumentFields.Add("id");
        private static readonly UsageField Model = DocumentFields.Add("model");
        private static readonly UsageField Usage = DocumentFields.Add("usage");
        private static readonly UsageField Responses = DocumentFields.Add("responses[]");
        private static readonly UsageField FinishReason = DocumentFields.Add("responses[].finish_reason");
        private static readonly OpenAIErrorFields Errors = new(DocumentFields);

        public override ReadOnlySpan<byte> Terminator => DoneTerminator;

        public override void Read(UsageDocument document, UsageReport report)
        {
            report.RecordResponseId(document[Id]);
            report.RecordResponseModel(document[Model]);
            int index = 0; // The index is the position in the list.
            foreach (UsageElement response in document.Each(Responses))
            {
                report.RecordChoice(response[FinishReason], Math.Min(index++, UsageReport.MaxChoices - 1));
            }

            UsageStage stage = report.EveryChoiceFinished ? UsageStage.Final : UsageStage.Running;
            report.RecordUsage(OpenAIUsage.Read(document[Usage]), document[Usage], stage);
            if (Errors.FindError(document) is { } error)
            {
                report.RecordError(error);
            }
        }
    }
}
