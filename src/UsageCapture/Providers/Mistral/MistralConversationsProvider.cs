using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>Mistral's Conversations API: calls that start, continue or restart a conversation, with or without an agent.</summary>
internal sealed class MistralConversationsProvider : UsageProvider
{
    // The members by which a response is recognized.
    private static readonly UsageFields ShapeFields = new();
    private static readonly UsageField ObjectName = ShapeFields.Add("object");
    private static readonly UsageField Type = ShapeFields.Add("type");

    public override string Protocol => "mistral-conversations";

    public override UsageFields ResponseFields => ShapeFields;

    // OpenAI's Conversations API has the same path, and does not run a model. So the host must be Mistral's. At a gateway the
    // path does not match, and MatchesResponse recognizes the response.
    public override bool Matches(Uri address) =>
        ProviderNames.IsInDomain(address, "mistral.ai")
        && address.AbsolutePath.Contains("/v1/conversations", StringComparison.OrdinalIgnoreCase);

    public override UsageEndpoint Describe(Uri address) => new()
    {
        Provider = ProviderNames.FromAddress(address, ProviderNames.Mistral),
        Operation = "invoke_agent",
    };

    public override bool MatchesResponse(UsageDocument document) =>
        JsonValue.TextEquals(document[ObjectName], "conversation.response") || document[Type].StartsWith("\"conversation.response."u8);

    public override UsageReader CreateReader() => new MistralConversationsReader();
}
