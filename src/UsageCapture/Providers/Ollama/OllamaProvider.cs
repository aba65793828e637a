namespace UsageCapture.Providers;

/// <summary>Ollama's own API. It streams unless the request says otherwise.</summary>
/// <remarks>Another server may have its own API at one of these paths. Then no usage is found, and the record says so.</remarks>
internal sealed class OllamaProvider : UsageProvider
{
    // The members by which a response is recognized. "?" means that only the presence of the member is kept.
    private static readonly UsageFields RecognitionFields = new();
    private static readonly UsageField Model = RecognitionFields.Add("model?");
    private static readonly UsageField Done = RecognitionFields.Add("done?");
    private static readonly UsageField CreatedAt = RecognitionFields.Add("created_at?");
    private static readonly UsageField Embeddings = RecognitionFields.Add("embeddings?");
    private static readonly UsageField PromptCount = RecognitionFields.Add("prompt_eval_count?");

    public override string Protocol => "ollama";

    public override UsageFields ResponseFields => RecognitionFields;

    internal override string[] InputMembers => ["messages", "prompt", "input"];

    public override bool Matches(Uri address) => GetOperation(address) is not null;

    public override UsageEndpoint Describe(Uri address)
    {
        string operation = GetOperation(address) ?? "chat"; // The user can map any path to this API.
        return new UsageEndpoint
        {
            Provider = ProviderNames.FromAddress(address, ProviderNames.Ollama),
            Operation = operation,
            Streaming = operation != "embeddings", // The API's default. Embeddings are never streamed.
        };
    }

    public override bool MatchesResponse(UsageDocument document)
    {
        bool isGeneration = document.Has(Done) && document.Has(CreatedAt);
        bool isEmbedding = document.Has(Embeddings) && document.Has(PromptCount);
        return document.Has(Model) && (isGeneration || isEmbedding);
    }

    public override UsageReader CreateReader() => new OllamaReader();

    /// <summary>Gets the operation of the path; null when it is not a path of this API.</summary>
    private static string? GetOperation(Uri address) =>
        AddressParts.EndsWith(address, "/api/chat") ? "chat"
        : AddressParts.EndsWith(address, "/api/generate") ? "text_completion"
        : AddressParts.EndsWith(address, "/api/embed") || AddressParts.EndsWith(address, "/api/embeddings") ? "embeddings"
        : null;
}
