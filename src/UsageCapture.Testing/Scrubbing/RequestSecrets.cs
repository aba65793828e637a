namespace UsageCapture.Testing.Scrubbing;

/// <summary>Finds credentials and account identifiers in a request. They are overwritten in the whole recording.</summary>
internal static class RequestSecrets
{
    // Shorter values, such as "1" or "true", are common words of JSON bodies. Overwriting them would make the bodies unreadable.
    private const int MinSecretLength = 5;

    private static readonly string[] CredentialHeaders =
    [
        "authorization", "proxy-authorization", "api-key", "x-api-key", "x-goog-api-key", "x-goog-user-project", "openai-organization",
        "openai-project", "anthropic-workspace-id", "ocp-apim-subscription-key", "x-amz-security-token", "cookie",
    ];

    // Words that are long enough for a secret, but are common in bodies or in headers.
    private static readonly string[] CommonWords = ["false", "bearer", "basic"];

    public static bool CouldBeSecret(string value) =>
        value.Length >= MinSecretLength && !CommonWords.Contains(value, StringComparer.OrdinalIgnoreCase);

    /// <summary>Returns the words of all credential headers that could be secrets.</summary>
    public static IEnumerable<string> FromHeaders(HttpRequestMessage request) =>
        from header in request.Headers.NonValidated
        where CredentialHeaders.Contains(header.Key, StringComparer.OrdinalIgnoreCase)
        from value in header.Value
        from word in value.Split([' ', ',', ';', '='], StringSplitOptions.RemoveEmptyEntries)
        where CouldBeSecret(word)
        select word;
}
