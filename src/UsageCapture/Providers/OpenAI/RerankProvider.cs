using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>The reranking API of Jina, Voyage, OpenRouter, vLLM and others. It reports usage in the same form as OpenAI's APIs.</summary>
/// <remarks>Cohere's reranking has another response. <see cref="CohereProvider"/> recognizes it.</remarks>
internal sealed class RerankProvider : UsageProvider
{
    // The members by which a response is recognized. "?": only presence is noted. Several paths of one field are alternatives.
    private static readonly UsageFields RecognitionFields = new();
    private static readonly UsageField Score = RecognitionFields.Add("results[].relevance_score?", "data[].relevance_score?");
    private static readonly UsageField TotalTokens = RecognitionFields.Add("usage.total_tokens?");

    public override string Protocol => "rerank";

    public override UsageFields ResponseFields => RecognitionFields;

    internal override string[] InputMembers => ["documents"];

    public override bool Matches(Uri address) => AddressParts.EndsWith(address, "/rerank") && !CohereProvider.IsCohere(address);

    // At an unknown host, the provider is Jina, because servers name this API after it: vLLM's endpoint is "Jina AI compatible".
    public override UsageEndpoint Describe(Uri address) => new()
    {
        Provider = ProviderNames.FromAddress(address, ProviderNames.Jina),
        Operation = "rerank",
        Region = AddressRegion.Find(address),
    };

    public override bool MatchesResponse(UsageDocument document) => document.Has(Score) && document.Has(TotalTokens);

    public override UsageReader CreateReader() => new Reader();

    private sealed class Reader() : UsageReader(ResultFields)
    {
        private static readonly UsageFields ResultFields = new();
        private static readonly UsageField Id = ResultFields.Add("id");
        private static readonly UsageField Model = ResultFields.Add("model");
        private static readonly UsageField Usage = ResultFields.Add("usage");
        private static readonly UsageField Error = ResultFields.Add("error");

        public override void Read(UsageDocument document, UsageReport report)
        {
            report.RecordResponseId(document[Id]);
            report.RecordResponseModel(document[Model]);
            report.RecordUsage(OpenAIUsage.Read(document[Usage]), document[Usage], UsageStage.Final);
            if (document[Error] is [(byte)'{', ..] error) // An object. Some servers send null in every response.
            {
                report.RecordError(ErrorReader.Read(error));
            }
        }
    }
}
