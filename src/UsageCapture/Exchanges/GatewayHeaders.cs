using System.Globalization;
using System.Net.Http.Headers;

namespace UsageCapture.Exchanges;

/// <summary>Reads what gateways say about a call in the headers of its response.</summary>
internal static class GatewayHeaders
{
    // The headers that report how a cache was used, with a value such as HIT or MISS.
    private static readonly string[] CacheStatusNames =
    [
        "x-portkey-cache-status", // HIT or SEMANTIC HIT
        "helicone-cache",
        "cf-aig-cache-status", // Cloudflare's AI Gateway
        "x-omniroute-cache",
    ];

    // LiteLLM sends this header only when the answer comes from its cache.
    private const string LiteLlmCacheKey = "x-litellm-cache-key";

    private const string LiteLlmCost = "x-litellm-response-cost";

    // In US dollars. A larger amount is a mistake of the gateway, and is ignored.
    private const decimal MaxCost = 1_000_000_000m;

    /// <summary>Returns whether a gateway answered from its cache.</summary>
    public static bool IsCacheHit(HttpResponseHeaders headers)
    {
        HttpHeadersNonValidated values = headers.NonValidated;
        if (values.Count == 0)
        {
            return false;
        }

        if (values.Contains(LiteLlmCacheKey))
        {
            return true;
        }

        foreach (string name in CacheStatusNames)
        {
            if (values.TryGetValues(name, out HeaderStringValues status) && status.ToString().EndsWith("HIT", StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Gets the cost in US dollars that LiteLLM reports; null when there is none.</summary>
    public static decimal? GetCost(HttpResponseHeaders headers) =>
        headers.NonValidated.TryGetValues(LiteLlmCost, out HeaderStringValues text)
        && decimal.TryParse(text.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture, out decimal cost)
        && cost is >= 0 and <= MaxCost
            ? cost
            : null;
}
