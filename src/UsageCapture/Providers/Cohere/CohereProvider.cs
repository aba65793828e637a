using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>Cohere's own API, versions 1 and 2: at Cohere, at Azure, behind a gateway.</summary>
internal sealed class CohereProvider : UsageProvider
{
    // The members by which a response is recognised. "?": only presence is noted. Several paths of one field are alternatives.
    private static readonly UsageFields ShapeFields = new();
    private static readonly UsageField Type = ShapeFields.Add("type");
    private static readonly UsageField DeltaMessage = ShapeFields.Add("delta.message?");

    // Billed units, at the three places where versions 1 and 2 have them.
    private static readonly UsageField BilledUnits = ShapeFields.Add("meta.billed_units?", "token_count.billed_tokens?", "usage.billed_units?");

    public override string Protocol => "cohere";

    public override UsageFields ResponseFields => ShapeFields;

    /// <summary>Gets whether an address is Cohere's: by its host, or by the prefix that gateways and Azure put before Cohere's paths.</summary>
    public static bool IsCohere(Uri address) =>
        ProviderNames.IsInDomain(address, "cohere.com") || ProviderNames.IsInDomain(address, "cohere.ai")
        || address.AbsolutePath.Contains("/cohere/", StringComparison.OrdinalIgnoreCase);

    public override bool Matches(Uri address) => GetOperation(address) is not null;

    public override UsageEndpoint Describe(Uri address) => new()
    {
        Provider = ProviderNames.FromAddress(address, ProviderNames.Cohere),
        Operation = GetOperation(address) ?? "chat",
    };

    public override bool MatchesResponse(UsageDocument document)
    {
        bool isChatEvent = JsonValue.TextEquals(document[Type], "message-start") || JsonValue.TextEquals(document[Type], "message-end");
        return (isChatEvent && document.Has(DeltaMessage)) || document.Has(BilledUnits);
    }

    public override UsageReader CreateReader() => new CohereReader();

    private static string? GetOperation(Uri address)
    {
        bool isCohere = IsCohere(address);
        return IsVersioned(address, "chat") && (isCohere || !IsOtherChat(address)) ? "chat"
            : IsVersioned(address, "embed") ? "embeddings"
            : isCohere && IsVersioned(address, "generate") ? "text_completion"
            : isCohere && AddressParts.EndsWith(address, "/rerank") ? "rerank"
            : isCohere && IsVersioned(address, "classify") ? "classify"
            : null;
    }

    // Writer serves OpenAI's chat completions at /v1/chat. LM Studio has an API of its own at /api/v1/chat.
    private static bool IsOtherChat(Uri address) =>
        ProviderNames.IsInDomain(address, "writer.com") || AddressParts.EndsWith(address, "/api/v1/chat");

    /// <summary>Gets whether the path ends with <c>/v1/</c> or <c>/v2/</c> and a name.</summary>
    private static bool IsVersioned(Uri address, string name)
    {
        ReadOnlySpan<char> path = AddressParts.GetPath(address);
        if (!path.EndsWith(name, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        ReadOnlySpan<char> before = path[..^name.Length];
        return before.EndsWith("/v1/", StringComparison.OrdinalIgnoreCase) || before.EndsWith("/v2/", StringComparison.OrdinalIgnoreCase);
    }
}
