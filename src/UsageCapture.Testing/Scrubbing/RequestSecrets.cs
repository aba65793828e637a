namespace UsageCapture.Testing.Scrubbing;

/// <summary>Finds credentials and account identifiers in the headers of a request. They are overwritten in the whole recording.</summary>
internal static class RequestSecrets
{
    // Shorter values, such as "1" or "true", are common words of JSON bodies. Overwriting them would make the bodies unreadable.
    private const int MinSecretLength = 5;

    // The headers in which the services of language models and their gateways expect keys, and the names of organizations and projects.
    private static readonly string[] SensitiveHeaders =
    [
        "authorization", "proxy-authorization", "api-key", "x-api-key", "x-goog-api-key", "x-goog-user-project", "openai-organization",
        "openai-project", "anthropic-workspace-id", "ocp-apim-subscription-key", "x-amz-security-token", "cookie",
    ];

    // Long enough for a secret, but common: "false" in bodies, the others as the first word of an Authorization header.
    private static readonly string[] CommonWords = ["false", "bearer", "basic"];

    /// <summary>Returns whether a value can be overwritten wherever it occurs: it is neither short nor a common word.</summary>
    /// <remarks>Used for the words of headers, and by <see cref="ScrubbedAddress"/> for the values of query parameters.</remarks>
    public static bool CouldBeSecret(string value) =>
        value.Length >= MinSecretLength && !CommonWords.Contains(value, StringComparer.OrdinalIgnoreCase);

    /// <summary>Returns the words of all sensitive headers that could be secrets.</summary>
    /// <remarks>
    /// Values are split, because a header can contain more than the secret, as in <c>Bearer key</c> or <c>session=key; theme=dark</c>. The names
    /// in front of <c>=</c> are no secrets: overwriting <c>Signature</c>, a name in AWS headers, would destroy members of bodies.
    /// </remarks>
    public static IEnumerable<string> FindInHeaders(HttpRequestMessage request) =>
        from header in request.Headers.NonValidated
        where SensitiveHeaders.Contains(header.Key, StringComparer.OrdinalIgnoreCase)
        from value in header.Value
        from word in value.Split([' ', ',', ';'], StringSplitOptions.RemoveEmptyEntries)
        let secret = RemoveName(word)
        where CouldBeSecret(secret)
        select secret;

    /// <summary>Returns the value of <c>name=value</c>, or the whole word. Base64 ends with <c>=</c>, which is not part of a name.</summary>
    private static string RemoveName(string word)
    {
        string withoutPadding = word.TrimEnd('=');
        return withoutPadding[(withoutPadding.IndexOf('=') + 1)..];
    }
}
