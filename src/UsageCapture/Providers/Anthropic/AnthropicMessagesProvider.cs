using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>Anthropic's Messages API: at Anthropic, Vertex AI, Azure Foundry, Bedrock's own endpoint for it, and gateways.</summary>
internal sealed class AnthropicMessagesProvider : UsageProvider
{
    private const string Anthropic = "anthropic";
    private const string VertexModels = "/publishers/anthropic/models/";
    private const string VertexStream = ":streamRawPredict";

    // Other APIs have a type, a role and a model too, so a response has to have all of them.
    // The members by which a response is recognised. "?": only the presence of the value is noted.
    private static readonly UsageFields ShapeFields = new();
    private static readonly UsageField Type = ShapeFields.Add("type");
    private static readonly UsageField Role = ShapeFields.Add("role?");
    private static readonly UsageField Model = ShapeFields.Add("model?");
    private static readonly UsageField StartRole = ShapeFields.Add("message.role?");
    private static readonly UsageField StartModel = ShapeFields.Add("message.model?");

    public override string Protocol => "anthropic-messages";

    public override UsageFields ResponseFields => ShapeFields;

    // With /v1 in front, because OpenAI's threads have their messages at /v1/threads/{id}/messages.
    public override bool Matches(Uri address) => AddressParts.EndsWith(address, "/v1/messages") || IsVertex(address);

    public override UsageEndpoint Describe(Uri address) => new()
    {
        Provider = GetProvider(address),
        Operation = "chat",
        Model = AddressParts.GetSegmentAfter(address, VertexModels, delimiter: ':'),
        ApiVersion = AddressParts.GetQueryValue(address, "api-version"),
        Streaming = AddressParts.EndsWith(address, VertexStream),
    };

    public override bool MatchesResponse(UsageDocument document) =>
        JsonValue.TextEquals(document[Type], "message") ? document.Has(Role) && document.Has(Model)
        : JsonValue.TextEquals(document[Type], "message_start") && document.Has(StartRole) && document.Has(StartModel);

    public override UsageReader CreateReader() => new AnthropicMessagesReader();

    // Vertex AI counts tokens with a model of its own: count-tokens:rawPredict.
    private static bool IsVertex(Uri address) =>
        (AddressParts.EndsWith(address, ":rawPredict") || AddressParts.EndsWith(address, VertexStream))
        && AddressParts.GetSegmentAfter(address, VertexModels, delimiter: ':') is not (null or "count-tokens");

    /// <summary>Gets the name of the provider that answers.</summary>
    /// <remarks>
    /// Anthropic runs its own platform inside AWS, at hosts of AWS. Claude on Azure Foundry is not Azure OpenAI, and of OpenTelemetry's
    /// names only <c>azure.ai.inference</c> is left for it.
    /// </remarks>
    private static string GetProvider(Uri address)
    {
        if (address.Host.StartsWith("aws-external-anthropic.", StringComparison.OrdinalIgnoreCase))
        {
            return Anthropic;
        }

        string provider = ProviderNames.FromAddress(address, Anthropic);
        return provider == ProviderNames.AzureOpenAI ? ProviderNames.AzureInference : provider;
    }
}
