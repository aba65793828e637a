using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>Cohere's own API, versions 1 and 2, as Cohere, Azure and gateways offer it.</summary>
internal sealed class CohereProvider : UsageProvider
{
    // The members by which a response is recognized. "?" means that only the presence of the member is kept.
    // Several paths of one field are alternatives.
    private static readonly UsageFields RecognitionFields = new();
    private static readonly UsageField Type = RecognitionFields.Add("type");
    private static readonly UsageField DeltaMessage = RecognitionFields.Add("delta.message?");

    // The billed counts. Only Cohere's API has them.
    private static readonly UsageField BilledUnits = RecognitionFields.Add(
        "meta.billed_units?", "token_count.billed_tokens?", "usage.billed_units?");

    public override string Protocol => "cohere";

    public override UsageFields ResponseFields => RecognitionFields;

    internal override string[] InputMembers => ["message", "messages", "texts", "inputs", "images", "prompt", "documents"];

    /// <summary>
    /// Gets whether an address is Cohere's. Its host tells it, or the prefix that gateways and Azure put before Cohere's paths.
    /// </summary>
    public static bool IsCohere(Uri address) =>
        ProviderNames.IsInDomain(address, "cohere.com") || ProviderNames.IsInDomain(address, "cohere.ai")
        || address.AbsolutePath.Contains("/cohere/", StringComparison.OrdinalIgnoreCase);

    public override bool Matches(Uri address) => GetOperation(address) is not null;

    public override UsageEndpoint Describe(Uri address) => new()
    {
        Provider = ProviderNames.FromAddress(address, ProviderNames.Cohere),
        Operation = GetOperation(address) ?? "chat", // The user can map any path to this API.
        Region = AddressRegion.Find(address),
    };

    public override bool MatchesResponse(UsageDocument document)
    {
        bool isChatEvent = JsonValue.TextEquals(document[Type], "message-start") || JsonValue.TextEquals(document[Type], "message-end");
        return (isChatEvent && document.Has(DeltaMessage)) || document.Has(BilledUnits);
    }

    public override UsageReader CreateReader() => new CohereReader();

    /// <summary>Gets the operation of the path; null when it is not a path of this API.</summary>
    private static string? GetOperation(Uri address)
    {
        // Embed has a path that few other APIs have. The other paths are common, so they count only at Cohere's addresses, and at Azure's
        // addresses for single models.
        bool isCohere = IsCohere(address);
        bool isAzure = ProviderNames.FromAddress(address, "") == ProviderNames.AzureInference;
        return EndsWithVersionedPath(address, "chat") && (isCohere || isAzure) ? "chat"
            : EndsWithVersionedPath(address, "embed") ? "embeddings"
            : isCohere && EndsWithVersionedPath(address, "generate") ? "text_completion"
            : isCohere && AddressParts.EndsWith(address, "/rerank") ? "rerank"
            : isCohere && EndsWithVersionedPath(address, "classify") ? "classify"
            : null;
    }

    /// <summary>Gets whether the path ends with <c>/v1/</c> or <c>/v2/</c> and a name.</summary>
    private static bool EndsWithVersionedPath(Uri address, string name)
    {
        ReadOnlySpan<char> path = AddressParts.GetPath(address);
        if (!path.EndsWith(name, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        ReadOnlySpan<char> pathBeforeName = path[..^name.Length];
        return pathBeforeName.EndsWith("/v1/", StringComparison.OrdinalIgnoreCase)
            || pathBeforeName.EndsWith("/v2/", StringComparison.OrdinalIgnoreCase);
    }
}
