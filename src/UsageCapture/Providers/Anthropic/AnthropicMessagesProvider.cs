namespace UsageCapture.Providers;

/// <summary>Anthropic's Messages, at Anthropic, Vertex AI, Azure Foundry, Bedrock's own endpoint for it, and everybody who speaks it.</summary>
internal sealed class AnthropicMessagesProvider : UsageProvider
{
    private const string Anthropic = "anthropic";
    private const string VertexModels = "/publishers/anthropic/models/";
    private const string VertexStream = ":streamRawPredict";

    public override string Protocol => "anthropic-messages";

    // The end is no shorter because the messages of OpenAI's threads are at /v1/threads/{id}/messages.
    public override bool Matches(Uri address) => AddressParts.EndsWith(address, "/v1/messages") || IsVertex(address);

    public override UsageEndpoint Describe(Uri address) => new(ProviderAt(address), "chat")
    {
        Model = AddressParts.Segment(address, VertexModels, end: ':'),
        ApiVersion = AddressParts.QueryValue(address, "api-version"),
        Streaming = AddressParts.EndsWith(address, VertexStream),
    };

    public override UsageReader CreateReader() => new AnthropicMessagesReader();

    // Counting tokens is a model of its own there: count-tokens:rawPredict.
    private static bool IsVertex(Uri address) =>
        (AddressParts.EndsWith(address, ":rawPredict") || AddressParts.EndsWith(address, VertexStream))
        && AddressParts.Segment(address, VertexModels, end: ':') is not (null or "count-tokens");

    /// <summary>
    /// Says who answers. Claude on Azure Foundry is no Azure OpenAI, which leaves <c>azure.ai.inference</c> of OpenTelemetry's names for
    /// Azure; and Anthropic's own platform inside AWS is Anthropic, though its hosts are AWS's.
    /// </summary>
    private static string ProviderAt(Uri address) =>
        address.Host.StartsWith("aws-external-anthropic.", StringComparison.OrdinalIgnoreCase)
            ? Anthropic
            : ProviderNames.At(address, Anthropic) switch
            {
                ProviderNames.AzureOpenAI => ProviderNames.AzureInference,
                var provider => provider,
            };
}
