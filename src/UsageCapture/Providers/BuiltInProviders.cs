namespace UsageCapture.Providers;

/// <summary>The APIs that are recognized without configuration. To add one, write its provider and add a line here.</summary>
/// <remarks>
/// No address matches two of the providers, so their order matters only when the path of a request is unknown and its response is matched by
/// shape. Such a response may look like two APIs, and the first provider that matches wins. Where a comment says "after", the order matters.
/// Elsewhere it does not.
/// </remarks>
internal static class BuiltInProviders
{
    public static readonly UsageProvider[] All =
    [
        // OpenAI, and servers that are compatible with it.
        new ChatCompletionsProvider(),
        new CompletionsProvider(), // After chat completions: a choice with both a message and a text is a chat choice.
        new ResponsesProvider(),
        new EmbeddingsProvider(),
        new ImagesProvider(),
        new AudioProvider(),
        new RunsProvider(),
        new RerankProvider(),
        new DecisionsProvider(),
        new GradersProvider(),

        // TypeSafe.
        new SystemOneProvider(), // After decisions: it matches answers of any kind, and the answers of decisions are a list.

        // Anthropic.
        new AnthropicMessagesProvider(),
        new AnthropicCompleteProvider(),

        // Google.
        new GeminiProvider(),
        new GeminiEmbeddingsProvider(),
        new GeminiInteractionsProvider(),
        new VertexPredictProvider(),

        // Amazon Bedrock.
        new BedrockConverseProvider(),
        new BedrockInvokeProvider(),

        // Others.
        new CohereProvider(),
        new MistralConversationsProvider(),
        new OllamaProvider(),
        new DashScopeProvider(), // Alibaba.
        new WatsonxProvider(), // IBM.
        new RekaProvider(),
        new OracleProvider(),
        new SapOrchestrationProvider(),
        new LlamaCppProvider(),
        new TextGenerationProvider(), // Hugging Face.
        new WorkersAIProvider(), // Cloudflare.
    ];
}
