using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>Mistral's conversations, with and without agents: started, continued, restarted.</summary>
internal sealed class MistralConversationsProvider : UsageProvider
{
    private static readonly UsageFields Response = new();
    private static readonly UsageField ObjectName = Response.Add("object");
    private static readonly UsageField Type = Response.Add("type");

    public override string Protocol => "mistral-conversations";

    public override UsageFields ResponseFields => Response;

    // OpenAI's conversations have the same path and use no tokens. Behind a gateway, the response tells them apart.
    public override bool Matches(Uri address) =>
        ProviderNames.IsAt(address, "mistral.ai")
        && address.AbsolutePath.Contains("/v1/conversations", StringComparison.OrdinalIgnoreCase);

    public override UsageEndpoint Describe(Uri address) => new()
    {
        Provider = ProviderNames.At(address, ProviderNames.Mistral),
        Operation = "invoke_agent",
    };

    public override bool MatchesResponse(UsageDocument document) =>
        JsonValue.TextEquals(document[ObjectName], "conversation.response") || document[Type].StartsWith("\"conversation.response."u8);

    public override UsageReader CreateReader() => new MistralConversationsReader();
}
