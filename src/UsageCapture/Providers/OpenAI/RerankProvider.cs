
namespace UsageCapture.Providers;

/// <summary>Reranking as Jina, Voyage, OpenRouter, vLLM and others offer it, with a usage object in OpenAI's words. Cohere's own is Cohere's.</summary>
internal sealed class RerankProvider : UsageProvider
{
    public override string Protocol => "rerank";

    public override bool Matches(Uri address) => AddressParts.EndsWith(address, "/rerank") && !CohereProvider.IsCohere(address);

    public override UsageEndpoint Describe(Uri address) => new(ProviderNames.At(address, "jina_ai"), "rerank");

    public override UsageReader CreateReader() => new Reader();

    private sealed class Reader() : UsageReader(Fields)
    {
        private static readonly UsageFields Fields = new("id", "model", "usage", "error");

        protected override void Read(UsageDocument document)
        {
            TakeResponseId(document["id"]);
            TakeResponseModel(document["model"]);
            if (OpenAIUsage.TryRead(document["usage"], out TokenUsage usage, out UsageAnomalies anomalies))
            {
                TakeUsage(usage, document["usage"], isFinal: true, anomalies);
            }
            else
            {
                Flag(anomalies);
            }

            if (document["error"] is [(byte)'{', ..] error)
            {
                TakeError(ErrorObject.Read(error));
            }
        }
    }
}
