namespace UsageCapture.Providers;

/// <summary>The generative AI service of Oracle's cloud (OCI), in its own format: chat, text generation and embeddings.</summary>
internal sealed class OracleProvider : UsageProvider
{
    // The members by which a response is recognized. "?" means that only the presence of the member is kept.
    private static readonly UsageFields RecognitionFields = new();
    private static readonly UsageField Format = RecognitionFields.Add("chatResponse.apiFormat?");
    private static readonly UsageField Usage = RecognitionFields.Add("chatResponse.usage?");

    public override string Protocol => "oci-generative-ai";

    public override UsageFields ResponseFields => RecognitionFields;

    public override bool Matches(Uri address) =>
        ProviderNames.FromAddress(address, "") == ProviderNames.Oracle && GetOperation(address) is not null;

    public override UsageEndpoint Describe(Uri address) => new()
    {
        Provider = ProviderNames.FromAddress(address, ProviderNames.Oracle),
        Operation = GetOperation(address) ?? "chat", // The user can map any path to this API.
        Region = AddressRegion.Find(address),
    };

    public override bool MatchesResponse(UsageDocument document) => document.Has(Format) && document.Has(Usage);

    public override UsageReader CreateReader() => new OracleReader();

    /// <summary>Gets the operation of the path; null when it is not a path of this API.</summary>
    private static string? GetOperation(Uri address) =>
        AddressParts.EndsWith(address, "/actions/chat") ? "chat"
        : AddressParts.EndsWith(address, "/actions/generateText") ? "text_completion"
        : AddressParts.EndsWith(address, "/actions/embedText") ? "embeddings"
        : null;
}
