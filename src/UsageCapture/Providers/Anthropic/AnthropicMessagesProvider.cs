using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>Anthropic's Messages API, as Anthropic, Vertex AI, Azure Foundry, Bedrock and gateways offer it.</summary>
internal sealed class AnthropicMessagesProvider : UsageProvider
{
    private const string VertexModelPrefix = "/publishers/anthropic/models/";
    private const string VertexStreamSuffix = ":streamRawPredict";

    // The members by whose presence or value a response is recognized (its shape). "?": only the presence of the value is noted.
    private static readonly UsageFields RecognitionFields = new();
    private static readonly UsageField Type = RecognitionFields.Add("type");
    private static readonly UsageField Role = RecognitionFields.Add("role?");
    private static readonly UsageField Model = RecognitionFields.Add("model?");
    // The same members in message_start, the first event of a stream.
    private static readonly UsageField StartRole = RecognitionFields.Add("message.role?");
    private static readonly UsageField StartModel = RecognitionFields.Add("message.model?");

    public override string Protocol => "anthropic-messages";

    public override UsageFields ResponseFields => RecognitionFields;

    internal override string[] InputMembers => ["messages"];

    // The path must have /v1 before /messages, because OpenAI's /v1/threads/{id}/messages is another API.
    public override bool Matches(Uri address) => AddressParts.EndsWith(address, "/v1/messages") || IsVertex(address);

    public override UsageEndpoint Describe(Uri address) => new()
    {
        Provider = GetProvider(address),
        Operation = "chat",
        Model = AddressParts.GetSegmentAfter(address, VertexModelPrefix, delimiter: ':'),
        ApiVersion = AddressParts.GetQueryValue(address, "api-version"),
        Region = AddressRegion.Find(address),
        Streaming = AddressParts.EndsWith(address, VertexStreamSuffix), // Only Vertex AI's address tells it.
    };

    // Each of these members occurs in other APIs too, so a response must have all of them.
    public override bool MatchesResponse(UsageDocument document)
    {
        bool isBody = JsonValue.TextEquals(document[Type], "message") && document.Has(Role) && document.Has(Model);
        bool isFirstEvent = JsonValue.TextEquals(document[Type], "message_start") && document.Has(StartRole) && document.Has(StartModel);
        return isBody || isFirstEvent;
    }

    public override UsageReader CreateReader() => new AnthropicMessagesReader();

    // Vertex AI counts tokens at the path of a model named "count-tokens", with the suffix :rawPredict. That call runs no model.
    private static bool IsVertex(Uri address) =>
        (AddressParts.EndsWith(address, ":rawPredict") || AddressParts.EndsWith(address, VertexStreamSuffix))
        && AddressParts.GetSegmentAfter(address, VertexModelPrefix, delimiter: ':') is not (null or "count-tokens");

    /// <summary>Gets the name of the provider that answers.</summary>
    private static string GetProvider(Uri address)
    {
        // Anthropic itself answers at these hosts of AWS.
        if (address.Host.StartsWith("aws-external-anthropic.", StringComparison.OrdinalIgnoreCase))
        {
            return ProviderNames.Anthropic;
        }

        // Claude on Azure has the same hosts as Azure OpenAI. OpenTelemetry has no name for it, and azure.ai.inference is the nearest one.
        string hostProvider = ProviderNames.FromAddress(address, ProviderNames.Anthropic);
        return hostProvider == ProviderNames.AzureOpenAI ? ProviderNames.AzureInference : hostProvider;
    }
}
