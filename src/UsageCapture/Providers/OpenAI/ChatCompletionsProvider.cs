namespace UsageCapture.Providers;

/// <summary>OpenAI's Chat Completions, at OpenAI, Azure and everybody who speaks it.</summary>
internal sealed class ChatCompletionsProvider : UsageProvider
{
    /// <summary>Where Mistral's agents chat: nothing but the path sets it apart.</summary>
    public const string MistralAgents = "/agents/completions";

    public override string Protocol => "openai-chat";

    public override bool HasStreamOptions => true;

    public override bool Matches(Uri address) =>
        AddressParts.EndsWith(address, "/chat/completions")
        || AddressParts.EndsWith(address, MistralAgents)
        || AddressParts.EndsWith(address, "/text/chatcompletion_v2") // MiniMax
        || (AddressParts.EndsWith(address, "/v1/chat") && ProviderNames.IsAt(address, "writer.com"));

    public override UsageEndpoint Describe(Uri address) => OpenAIEndpoint.Describe(address, "chat");

    public override bool TakesStreamOptions(UsageEndpoint endpoint) => OpenAIEndpoint.TakesStreamOptions(endpoint);

    public override UsageReader CreateReader() => new ChatCompletionsReader();
}
