namespace UsageCapture.Providers;

/// <summary>The APIs that are recognized without configuration. To add one, write its provider and add a line here.</summary>
/// <remarks>
/// The order matters only when the path of a request is unknown and its response is matched by shape: such a response may look like two
/// APIs, and the first provider that matches wins. No address matches two of the providers. Apart from the comments below, the lines may be
/// in any order.
/// </remarks>
internal static class BuiltInProviders
{
    public static readonly UsageProvider[] All =
    [
        new ChatCompletionsProvider(),
        new CompletionsProvider(), // After chat completions: a choice with both a message and a text is a chat choice.
        new ResponsesProvider(),
        new EmbeddingsProvider(),
        new ImagesProvider(),
        new AudioProvider(),
        new RunsProvider(),
        new RerankProvider(),
        new DecisionsProvider(),
        new SystemOneProvider(), // After decisions: the answers of decisions are a list, and those of System One an object.
        new GradersProvider(),
        new AnthropicMessagesProvider(),
        new AnthropicCompleteProvider(),
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
        new RekaProvider(),
        new OracleProvider(),
        new SapOrchestrationProvider(),
        new LlamaCppProvider(),
        new TextGenerationProvider(),
        new WorkersAIProvider(),
    ];
}
