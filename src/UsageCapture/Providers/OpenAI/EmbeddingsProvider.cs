namespace UsageCapture.Providers;

/// <summary>OpenAI's embeddings, and those of Mistral, Voyage, Jina and others that have the same form.</summary>
/// <remarks>Voyage states only a total. The input is unknown then.</remarks>
internal sealed class EmbeddingsProvider : UsageProvider
{
    private static readonly UsageFields Response = new();
    private static readonly UsageField Model = Response.Add("model?");

    // The second path is that of Voyage's contextualized embeddings.
    private static readonly UsageField Embedding = Response.Add("data[].embedding?", "data[].data[].embedding?");

    public override string Protocol => "openai-embeddings";

    public override UsageFields ResponseFields => Response;

    public override bool Matches(Uri address) =>
        (AddressParts.EndsWith(address, "/embeddings") && !AddressParts.EndsWith(address, "/api/embeddings")) // Ollama's own API
        || AddressParts.EndsWith(address, "/multimodalembeddings") // Voyage
        || AddressParts.EndsWith(address, "/contextualizedembeddings") // Voyage
        || AddressParts.EndsWith(address, "/embeddings/multimodal"); // Volcengine's Ark

    public override UsageEndpoint Describe(Uri address) => OpenAIEndpoint.Describe(address, "embeddings");

    public override bool MatchesResponse(UsageDocument document) => document.Has(Embedding) && document.Has(Model);

    public override UsageReader CreateReader() => new OpenAIResultReader();
}
