namespace UsageCapture.Testing.Scrubbing;

/// <summary>The status and headers of a response, before scrubbing. Headers of the content are included.</summary>
internal sealed record ResponseHead(int Status, IReadOnlyList<KeyValuePair<string, string>> Headers)
{
    public static ResponseHead From(HttpResponseMessage response) => new(
        (int)response.StatusCode,
        [
            .. response.Headers.NonValidated
                .Concat(response.Content.Headers.NonValidated)
                .Select(header => KeyValuePair.Create(header.Key, string.Join(", ", header.Value))),
        ]);

    public string? GetHeader(string name) =>
        Headers.FirstOrDefault(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;
}
