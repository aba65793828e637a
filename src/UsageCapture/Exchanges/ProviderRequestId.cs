using System.Net.Http.Headers;

namespace UsageCapture.Exchanges;

/// <summary>Finds the id that a provider gave an HTTP request, in the headers of the response. The provider's support asks for it.</summary>
internal static class ProviderRequestId
{
    // The header in which each provider sends the id. When a response has several, the first in this order is used.
    // The most common ones come first.
    private static readonly string[] HeaderNames =
    [
        "x-request-id", // OpenAI, Azure and most others
        "apim-request-id", // Azure, when x-request-id is missing
        "request-id", // Anthropic
        "x-amzn-requestid", // AWS
        "mistral-correlation-id",
        "x-generation-id", // OpenRouter
        "x-ds-trace-id", // DeepSeek
        "x-debug-trace-id", // Cohere
        "x-litellm-call-id", // a gateway
    ];

    /// <summary>Gets the id from the headers of a response; null when it has none of the known headers.</summary>
    public static string? Find(HttpResponseHeaders headers)
    {
        HttpHeadersNonValidated all = headers.NonValidated;
        if (all.Count == 0)
        {
            return null;
        }

        foreach (string name in HeaderNames)
        {
            if (all.TryGetValues(name, out HeaderStringValues values))
            {
                return values.ToString();
            }
        }

        return null;
    }
}
