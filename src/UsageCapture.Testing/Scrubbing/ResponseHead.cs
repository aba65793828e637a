namespace UsageCapture.Testing.Scrubbing;

/// <summary>The status and headers of a response, before scrubbing. Headers of the content are included.</summary>
/// <remarks>A copy, because a recording is created after the body was read, when the response can be disposed or without its content.</remarks>
/// <param name="Status">The HTTP status code.</param>
/// <param name="Headers">The headers, each name with its value. A name can occur more than once.</param>
internal sealed record ResponseHead(int Status, IReadOnlyList<KeyValuePair<string, string>> Headers)
{
    /// <summary>Copies the status and headers of a response. Several values of one header are joined with commas.</summary>
    public static ResponseHead From(HttpResponseMessage response) => new(
        (int)response.StatusCode,
        [
            .. response.Headers.NonValidated
                .Concat(response.Content.Headers.NonValidated)
                .Select(header => KeyValuePair.Create(header.Key, string.Join(", ", header.Value))),
        ]);

    /// <summary>Returns the value of a header; null if there is no such header. The name is compared case-insensitively.</summary>
    public string? GetHeader(string name) =>
        Headers.FirstOrDefault(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;
}
