using System.Net.Http.Headers;

namespace UsageCapture.Exchanges;

/// <summary>Finds the id that a provider gave a request. Its support asks for this id.</summary>
internal static class ProviderRequestId
{
    // The header in which each provider names the request.
    private static readonly string[] HeaderNames =
    [
        "x-request-id", // OpenAI, Azure and most others
        "apim-request-id", // Azure
        "request-id", // Anthropic
        "x-amzn-requestid", // AWS
        "mistral-correlation-id",
        "x-generation-id", // OpenRouter
        "x-ds-trace-id", // DeepSeek
        "x-debug-trace-id", // Cohere
        "x-litellm-call-id",
    ];

    /// <summary>Gets the value of the first of the headers that a response has; null when it has none.</summary>
    public static string? Find(HttpResponseHeaders headers)
    {
        foreach (string name in HeaderNames)
        {
            if (headers.NonValidated.TryGetValues(name, out HeaderStringValues values))
            {
                return values.ToString();
            }
        }

        return null;
    }
}
