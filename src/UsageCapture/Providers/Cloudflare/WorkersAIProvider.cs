namespace UsageCapture.Providers;

/// <summary>Cloudflare's own API for Workers AI, as opposed to its OpenAI-compatible one: <c>/ai/run/@cf/…</c>, and <c>/workers-ai/@cf/…</c> at Cloudflare's AI Gateway.</summary>
/// <remarks>Its models write text, compute embeddings, or make images. Only those that write text report tokens.</remarks>
internal sealed class WorkersAIProvider : UsageProvider
{
    // The model is after one of these parts of the path, as in "/accounts/…/ai/run/@cf/meta/llama-3.1-8b-instruct". All names of models begin
    // with "@cf/" or "@hf/".
    private static readonly string[] PartsBeforeModel = ["/ai/run/", "/workers-ai/"];

    // The members by which a response is recognized. "?" means that only the presence of the member is kept.
    private static readonly UsageFields RecognitionFields = new();
    private static readonly UsageField Success = RecognitionFields.Add("success?");
    private static readonly UsageField InputTokens = RecognitionFields.Add("result.usage.prompt_tokens?");

    public override string Protocol => "workers-ai";

    public override UsageFields ResponseFields => RecognitionFields;

    // The models get their input in different members.
    internal override string[] InputMembers => ["messages", "prompt", "input", "text", "requests", "image", "audio"];

    public override bool Matches(Uri address) => GetModel(address) is not null;

    public override UsageEndpoint Describe(Uri address) => new()
    {
        Provider = ProviderNames.FromAddress(address, ProviderNames.Cloudflare),
        Operation = "chat", // The most frequent one. The address does not tell what the model does.
        Model = GetModel(address),
    };

    public override bool MatchesResponse(UsageDocument document) => document.Has(Success) && document.Has(InputTokens);

    public override UsageReader CreateReader() => new WorkersAIReader();

    /// <summary>Gets the model at the end of the path; null when the path has none.</summary>
    private static string? GetModel(Uri address)
    {
        ReadOnlySpan<char> path = AddressParts.GetPath(address);
        foreach (string partBeforeModel in PartsBeforeModel)
        {
            int start = path.IndexOf(partBeforeModel, StringComparison.OrdinalIgnoreCase);
            string model = start < 0 ? "" : Uri.UnescapeDataString(path[(start + partBeforeModel.Length)..]);
            if (model.StartsWith("@cf/", StringComparison.Ordinal) || model.StartsWith("@hf/", StringComparison.Ordinal))
            {
                return model;
            }
        }

        return null;
    }
}
