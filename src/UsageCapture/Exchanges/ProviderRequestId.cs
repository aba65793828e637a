using System.Net.Http.Headers;

namespace UsageCapture.Exchanges;

/// <summary>Finds the id that a provider gave a request: the one that its support asks for.</summary>
internal static class ProviderRequestId
{
    // The header in which each provider names the request: OpenAI, Azure and most others; Azure; Anthropic; AWS; Mistral; OpenRouter;
    // DeepSeek; Cohere; LiteLLM.
    private static readonly string[] Names =
    [
        "x-request-id", "apim-request-id", "request-id", "x-amzn-requestid", "mistral-correlation-id", "x-generation-id", "x-ds-trace-id",
        "x-debug-trace-id", "x-litellm-call-id",
    ];

    /// <summary>Gets the first of them that a response has; null when it has none.</summary>
    public static string? Of(HttpResponseHeaders headers)
    {
        foreach (string name in Names)
        {
            if (headers.NonValidated.TryGetValues(name, out HeaderStringValues values))
            {
                return values.ToString();
            }
        }

        return null;
    }
}
