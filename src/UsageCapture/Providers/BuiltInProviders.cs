namespace UsageCapture.Providers;

/// <summary>The APIs that are recognised without configuration, in the order in which they are asked.</summary>
internal static class BuiltInProviders
{
    public static readonly UsageProvider[] All =
    [
        new ChatCompletionsProvider(),
        new CompletionsProvider(),
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
