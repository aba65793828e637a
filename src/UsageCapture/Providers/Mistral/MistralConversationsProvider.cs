using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>Mistral's conversations, with and without agents: started, continued, restarted.</summary>
internal sealed class MistralConversationsProvider : UsageProvider
{
    // The members by which a response is recognised.
    private static readonly UsageFields ShapeFields = new();
    private static readonly UsageField ObjectName = ShapeFields.Add("object");
    private static readonly UsageField Type = ShapeFields.Add("type");

    public override string Protocol => "mistral-conversations";

    public override UsageFields ResponseFields => ShapeFields;

    // OpenAI's conversations have the same path and use no tokens. Behind a gateway, the response tells them apart.
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
