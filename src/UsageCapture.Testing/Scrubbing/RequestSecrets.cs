namespace UsageCapture.Testing.Scrubbing;

/// <summary>The values of a request that may say who asks: they are overwritten wherever they turn up.</summary>
internal static class RequestSecrets
{
    private const int ShortestSecret = 4;

    private static readonly string[] Headers =
    [
        "authorization", "proxy-authorization", "api-key", "x-api-key", "x-goog-api-key", "x-goog-user-project", "openai-organization",
        "openai-project", "anthropic-workspace-id", "ocp-apim-subscription-key", "x-amz-security-token", "cookie",
    ];

    /// <summary>Tells values that may be a secret from those that stand in many a body: overwriting a <c>1</c> or a <c>true</c> would leave no JSON.</summary>
    public static bool MayBe(string value) => value.Length > ShortestSecret && !value.Equals("false", StringComparison.OrdinalIgnoreCase);

    /// <summary>Finds those that stand in the request's headers.</summary>
    public static IEnumerable<string> Of(HttpRequestMessage request) =>
        from header in request.Headers.NonValidated
        where Headers.Contains(header.Key, StringComparer.OrdinalIgnoreCase)
        from value in header.Value
        from word in value.Split([' ', ',', ';', '='], StringSplitOptions.RemoveEmptyEntries)
        where MayBe(word) && !word.Equals("Bearer", StringComparison.OrdinalIgnoreCase) && !word.Equals("Basic", StringComparison.OrdinalIgnoreCase)
        select word;
}
