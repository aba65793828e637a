namespace UsageCapture.Providers;

/// <summary>OpenAI's embeddings, and those of Mistral, Voyage, Jina and others that took the form over.</summary>
/// <remarks>An input that the provider does not state, as Voyage, which states a total only, stays unknown.</remarks>
internal sealed class EmbeddingsProvider : UsageProvider
{
    public override string Protocol => "openai-embeddings";

    public override bool Matches(Uri address) =>
        (AddressParts.EndsWith(address, "/embeddings") && !AddressParts.EndsWith(address, "/api/embeddings")) // Ollama's own.
        || AddressParts.EndsWith(address, "/multimodalembeddings") || AddressParts.EndsWith(address, "/contextualizedembeddings") // Voyage
        || AddressParts.EndsWith(address, "/embeddings/multimodal"); // Volcengine's Ark

    public override UsageEndpoint Describe(Uri address) => OpenAIEndpoint.Describe(address, "embeddings");

    public override UsageReader CreateReader() => new OpenAIResultReader();
}
