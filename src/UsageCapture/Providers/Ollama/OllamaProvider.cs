namespace UsageCapture.Providers;

/// <summary>Ollama's own API. It streams unless the request says otherwise.</summary>
/// <remarks>Other servers may have something else at these paths, such as a chat of their own. Then the record says that no usage was read.</remarks>
internal sealed class OllamaProvider : UsageProvider
{
    // The members by which a response is recognised. "?": only the presence of the value is noted.
    private static readonly UsageFields ShapeFields = new();
    private static readonly UsageField Model = ShapeFields.Add("model?");
    private static readonly UsageField Done = ShapeFields.Add("done?");
    private static readonly UsageField CreatedAt = ShapeFields.Add("created_at?");
    private static readonly UsageField Embeddings = ShapeFields.Add("embeddings?");
    private static readonly UsageField PromptCount = ShapeFields.Add("prompt_eval_count?");

    public override string Protocol => "ollama";

    public override UsageFields ResponseFields => ShapeFields;

    public override bool Matches(Uri address) => GetOperation(address) is not null;

    public override UsageEndpoint Describe(Uri address)
    {
        string operation = GetOperation(address) ?? "chat";
        return new UsageEndpoint
        {
            Provider = ProviderNames.FromAddress(address, "ollama"),
            Operation = operation,
            Streaming = operation != "embeddings",
        };
    }

    public override bool MatchesResponse(UsageDocument document)
    {
        bool isAnswer = document.Has(Done) && document.Has(CreatedAt);
        bool isEmbedding = document.Has(Embeddings) && document.Has(PromptCount);
        return document.Has(Model) && (isAnswer || isEmbedding);
    }

    public override UsageReader CreateReader() => new OllamaReader();

    private static string? GetOperation(Uri address) =>
        AddressParts.EndsWith(address, "/api/chat") ? "chat"
        : AddressParts.EndsWith(address, "/api/generate") ? "text_completion"
        : AddressParts.EndsWith(address, "/api/embed") || AddressParts.EndsWith(address, "/api/embeddings") ? "embeddings"
        : null;
}
