
namespace UsageCapture.Providers;

/// <summary>Alibaba's DashScope in its own words; its endpoint in OpenAI's words is a chat completion.</summary>
internal sealed class DashScopeProvider : UsageProvider
{
    public override string Protocol => "dashscope";

    public override bool Matches(Uri address) => Operation(address) is not null;

    public override UsageEndpoint Describe(Uri address) => new(ProviderNames.At(address, "dashscope"), Operation(address) ?? "chat");

    public override UsageReader CreateReader() => new DashScopeReader();

    private static string? Operation(Uri address) =>
        !address.AbsolutePath.Contains("/services/", StringComparison.OrdinalIgnoreCase) ? null
        : AddressParts.EndsWith(address, "/generation") ? "chat"
        : AddressParts.EndsWith(address, "/text-embedding/text-embedding") ? "embeddings"
        : AddressParts.EndsWith(address, "/multimodal-embedding/multimodal-embedding") ? "embeddings"
        : AddressParts.EndsWith(address, "/text-rerank/text-rerank") ? "rerank"
        : null;
}
