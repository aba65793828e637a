namespace UsageCapture.Providers;

/// <summary>Alibaba's DashScope with its own format. Its endpoint with OpenAI's format belongs to <see cref="ChatCompletionsProvider"/>.</summary>
internal sealed class DashScopeProvider : UsageProvider
{
    public override string Protocol => "dashscope";

    public override bool Matches(Uri address) => GetOperation(address) is not null;

    public override UsageEndpoint Describe(Uri address) => new()
    {
        Provider = ProviderNames.FromAddress(address, "dashscope"),
        Operation = GetOperation(address) ?? "chat",
    };

    public override UsageReader CreateReader() => new DashScopeReader();

    private static string? GetOperation(Uri address) =>
        !address.AbsolutePath.Contains("/services/", StringComparison.OrdinalIgnoreCase) ? null
        : AddressParts.EndsWith(address, "/generation") ? "chat"
        : AddressParts.EndsWith(address, "/text-embedding/text-embedding") ? "embeddings"
        : AddressParts.EndsWith(address, "/multimodal-embedding/multimodal-embedding") ? "embeddings"
        : AddressParts.EndsWith(address, "/text-rerank/text-rerank") ? "rerank"
        : null;
}
