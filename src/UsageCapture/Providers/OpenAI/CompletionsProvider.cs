namespace UsageCapture.Providers;

/// <summary>OpenAI's legacy completions: the chunks and the usage of chat completions, with text where these have messages.</summary>
internal sealed class CompletionsProvider : UsageProvider
{
    public override string Protocol => "openai-completions";

    public override bool HasStreamOptions => true;

    public override bool Matches(Uri address) =>
        AddressParts.EndsWith(address, "/completions") && !AddressParts.EndsWith(address, "/chat/completions")
        && !AddressParts.EndsWith(address, ChatCompletionsProvider.MistralAgents);

    public override UsageEndpoint Describe(Uri address) => OpenAIEndpoint.Describe(address, "text_completion");

    // Writer's streams consist of bare words: there is nothing to ask for.
    public override bool TakesStreamOptions(UsageEndpoint endpoint) =>
        endpoint.Provider != ProviderNames.Writer && OpenAIEndpoint.TakesStreamOptions(endpoint);

    public override UsageReader CreateReader() => new ChatCompletionsReader();
}
