namespace UsageCapture.Testing.Scrubbing;

/// <summary>The values of a request's headers that say who asks: they are overwritten wherever they turn up.</summary>
internal static class RequestSecrets
{
    private const int ShortestSecret = 4;

    private static readonly string[] Headers =
    [
        "authorization", "proxy-authorization", "api-key", "x-api-key", "x-goog-api-key", "x-goog-user-project", "openai-organization",
        "openai-project", "anthropic-workspace-id", "ocp-apim-subscription-key", "x-amz-security-token", "cookie",
    ];

    public static IEnumerable<string> Of(HttpRequestMessage request) =>
        from header in request.Headers.NonValidated
        where Headers.Contains(header.Key, StringComparer.OrdinalIgnoreCase)
        from value in header.Value
        from word in value.Split([' ', ',', ';', '='], StringSplitOptions.RemoveEmptyEntries)
        where word.Length > ShortestSecret && !word.Equals("Bearer", StringComparison.OrdinalIgnoreCase) && !word.Equals("Basic", StringComparison.OrdinalIgnoreCase)
        select word;
}
