namespace UsageCapture.Providers;

/// <summary>The APIs that are recognised without configuration. To add one, write its provider and add a line here.</summary>
/// <remarks>
/// The first provider that matches wins. No request's address matches two of them. A response at an unknown path may have the members
/// of two APIs, such as a chat chunk with a text, and then the order decides.
/// </remarks>
internal static class BuiltInProviders
{
    public static readonly UsageProvider[] All =
    [
        new ChatCompletionsProvider(),
        new CompletionsProvider(), // Behind chat completions: some servers send choices with both a message and a text.
        new ResponsesProvider(),
        new EmbeddingsProvider(),
        new ImagesProvider(),
        new AudioProvider(),
        new RunsProvider(),
        new RerankProvider(),
        new AnthropicMessagesProvider(),
        new GeminiProvider(),
        new GeminiEmbeddingsProvider(),
        new GeminiInteractionsProvider(),
        new VertexPredictProvider(),
        new BedrockConverseProvider(),
        new BedrockInvokeProvider(),
        new CohereProvider(),
        new MistralConversationsProvider(),
        new OllamaProvider(),
        new DashScopeProvider(),
        new WatsonxProvider(),
    ];
}
