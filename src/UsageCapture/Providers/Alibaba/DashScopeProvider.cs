namespace UsageCapture.Providers;

/// <summary>
/// Alibaba's DashScope API in its own format. DashScope's endpoints in OpenAI's format belong to <see cref="ChatCompletionsProvider"/>.
/// </summary>
internal sealed class DashScopeProvider : UsageProvider
{
    public override string Protocol => ProviderNames.DashScope;

    internal override string[] InputMembers => ["input"];

    public override bool Matches(Uri address) => GetOperation(address) is not null;

    public override UsageEndpoint Describe(Uri address) => new()
    {
        Provider = ProviderNames.FromAddress(address, ProviderNames.DashScope),

        // A user can map any path to this API. The operation is then unknown, and chat is the most frequent one.
        Operation = GetOperation(address) ?? "chat",
        Region = AddressRegion.Find(address),
    };

    public override UsageReader CreateReader() => new DashScopeReader();

    /// <summary>Gets the operation of the path; null when it is not a path of this API.</summary>
    private static string? GetOperation(Uri address) =>

        // Paths of the native API contain /services/. Paths in OpenAI's format do not.
        !address.AbsolutePath.Contains("/services/", StringComparison.OrdinalIgnoreCase) ? null
        : AddressParts.EndsWith(address, "/generation") ? "chat"
        : AddressParts.EndsWith(address, "/text-embedding/text-embedding") ? "embeddings"
        : AddressParts.EndsWith(address, "/multimodal-embedding/multimodal-embedding") ? "embeddings"
        : AddressParts.EndsWith(address, "/text-rerank/text-rerank") ? "rerank"
        : null;
}
