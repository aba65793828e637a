namespace UsageCapture.Providers;

/// <summary>The own API of Cloudflare's Workers AI: <c>/ai/run/@cf/…</c>, and <c>/workers-ai/@cf/…</c> at Cloudflare's AI Gateway.</summary>
/// <remarks>Its models write text, compute embeddings, or make images. Only those that write text report tokens.</remarks>
internal sealed class WorkersAIProvider : UsageProvider
{
    // The model follows the prefix, as in "/ai/run/@cf/meta/llama-3.1-8b-instruct". All names of models begin with "@cf/" or "@hf/".
    private static readonly string[] Prefixes = ["/ai/run/", "/workers-ai/"];

    // The members by which a response is recognized. "?" means that only the presence of the member is kept.
    private static readonly UsageFields ShapeFields = new();
    private static readonly UsageField Success = ShapeFields.Add("success?");
    private static readonly UsageField InputTokens = ShapeFields.Add("result.usage.prompt_tokens?");

    public override string Protocol => "workers-ai";

    public override UsageFields ResponseFields => ShapeFields;

    internal override string[] InputMembers => ["messages", "prompt", "input", "text", "requests", "image", "audio"];

    public override bool Matches(Uri address) => GetModel(address) is not null;

    public override UsageEndpoint Describe(Uri address) => new()
    {
        Provider = ProviderNames.FromAddress(address, ProviderNames.Cloudflare),
        Operation = "chat",
        Model = GetModel(address),
    };

    public override bool MatchesResponse(UsageDocument document) => document.Has(Success) && document.Has(InputTokens);

    public override UsageReader CreateReader() => new WorkersAIReader();

    /// <summary>Gets the model at the end of the path; null when the path has none.</summary>
    private static string? GetModel(Uri address)
    {
        ReadOnlySpan<char> path = AddressParts.GetPath(address);
        foreach (string prefix in Prefixes)
        {
            int start = path.IndexOf(prefix, StringComparison.OrdinalIgnoreCase);
            string model = start < 0 ? "" : Uri.UnescapeDataString(path[(start + prefix.Length)..]);
            if (model.StartsWith("@cf/", StringComparison.Ordinal) || model.StartsWith("@hf/", StringComparison.Ordinal))
            {
                return model;
            }
        }

        return null;
    }
}
