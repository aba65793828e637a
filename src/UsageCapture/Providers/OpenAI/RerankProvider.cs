using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>Reranking as Jina, Voyage, OpenRouter, vLLM and others offer it, with a usage object of OpenAI's form.</summary>
/// <remarks>Cohere's reranking has another response and belongs to <see cref="CohereProvider"/>.</remarks>
internal sealed class RerankProvider : UsageProvider
{
    public override string Protocol => "rerank";

    public override bool Matches(Uri address) => AddressParts.EndsWith(address, "/rerank") && !CohereProvider.IsCohere(address);

    // vLLM, which serves any model, calls its endpoint "Jina AI compatible". So Jina stands for an unknown host.
    public override UsageEndpoint Describe(Uri address) => new()
    {
        Provider = ProviderNames.At(address, ProviderNames.Jina),
        Operation = "rerank",
    };

    public override UsageReader CreateReader() => new Reader();

    private sealed class Reader() : UsageReader(Result)
    {
        private static readonly UsageFields Result = new();
        private static readonly UsageField Id = Result.Add("id");
        private static readonly UsageField Model = Result.Add("model");
        private static readonly UsageField Usage = Result.Add("usage");
        private static readonly UsageField Error = Result.Add("error");

        public override void Read(UsageDocument document, UsageReport report)
        {
            report.RecordResponseId(document[Id]);
            report.RecordResponseModel(document[Model]);
            report.RecordUsage(OpenAIUsage.Read(document[Usage]), document[Usage], UsageStage.Final);
            if (document[Error] is [(byte)'{', ..] error)
            {
                report.RecordError(ErrorObject.Read(error));
            }
        }
    }
}
