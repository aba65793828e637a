namespace UsageCapture.Providers;

/// <summary>Cohere's own API, in both its versions: at Cohere, at Azure, behind a gateway.</summary>
internal sealed class CohereProvider : UsageProvider
{
    public override string Protocol => "cohere";

    public override bool Matches(Uri address) => Operation(address) is not null;

    public override UsageEndpoint Describe(Uri address) => new(ProviderNames.At(address, ProviderNames.Cohere), Operation(address) ?? "chat");

    public override UsageReader CreateReader() => new CohereReader();

    /// <summary>Gets whether an address is Cohere's: by its host, or by the part of its path that gateways and Azure put before Cohere's.</summary>
    public static bool IsCohere(Uri address) =>
        ProviderNames.IsAt(address, "cohere.com") || ProviderNames.IsAt(address, "cohere.ai")
        || address.AbsolutePath.Contains("/cohere/", StringComparison.OrdinalIgnoreCase);

    private static string? Operation(Uri address)
    {
        bool isCohere = IsCohere(address);
        return Is(address, "chat") && (isCohere || !IsAnothersChat(address)) ? "chat"
            : Is(address, "embed") ? "embeddings"
            : isCohere && Is(address, "generate") ? "text_completion"
            : isCohere && AddressParts.EndsWith(address, "/rerank") ? "rerank"
            : isCohere && Is(address, "classify") ? "classify"
            : null;
    }

    // Writer's is OpenAI's chat at another path, and LM Studio's a thing of its own.
    private static bool IsAnothersChat(Uri address) =>
        ProviderNames.IsAt(address, "writer.com") || AddressParts.EndsWith(address, "/api/v1/chat");

    private static bool Is(Uri address, string name)
    {
        ReadOnlySpan<char> path = AddressParts.Path(address);
        return path.EndsWith(name, StringComparison.OrdinalIgnoreCase)
            && (path[..^name.Length].EndsWith("/v2/", StringComparison.OrdinalIgnoreCase)
                || path[..^name.Length].EndsWith("/v1/", StringComparison.OrdinalIgnoreCase));
    }
}
