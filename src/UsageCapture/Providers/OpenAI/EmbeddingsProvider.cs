namespace UsageCapture.Providers;

/// <summary>OpenAI's embeddings API, which Mistral, Voyage, Jina and others also offer.</summary>
/// <remarks>Voyage reports only a total. Then the input is unknown.</remarks>
internal sealed class EmbeddingsProvider : UsageProvider
{
    // The members by which a response is recognized. "?": only presence is noted. Several paths of one field are alternatives.
    private static readonly UsageFields RecognitionFields = new();
    private static readonly UsageField Model = RecognitionFields.Add("model?");

    // The second path is that of Voyage's contextualized embeddings.
    private static readonly UsageField Embedding = RecognitionFields.Add("data[].embedding?", "data[].data[].embedding?");

    public override string Protocol => "openai-embeddings";

    public override UsageFields ResponseFields => RecognitionFields;

    internal override string[] InputMembers => ["input", "inputs", "contents"];

    public override bool Matches(Uri address) =>
        (AddressParts.EndsWith(address, "/embeddings") && !IsOllamaPath(address))
        || AddressParts.EndsWith(address, "/multimodalembeddings") // Voyage
        || AddressParts.EndsWith(address, "/contextualizedembeddings") // Voyage
        || AddressParts.EndsWith(address, "/embeddings/multimodal"); // Volcengine's Ark

    public override UsageEndpoint Describe(Uri address) => OpenAIEndpoint.Describe(address, "embeddings");

    public override bool MatchesResponse(UsageDocument document) => document.Has(Embedding) && document.Has(Model);

    public override UsageReader CreateReader() => new OpenAIResultReader();

    // Ollama's own API has another format.
    private static bool IsOllamaPath(Uri address) => AddressParts.EndsWith(address, "/api/embeddings");
}
