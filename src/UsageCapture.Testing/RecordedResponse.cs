namespace UsageCapture.Testing;

/// <summary>The status and headers of a recorded response, and how its body is delivered.</summary>
/// <remarks>The body itself is <see cref="Recording.Body"/>. Immutable and thread-safe, unless the assigned collections are changed.</remarks>
public sealed record RecordedResponse
{
    /// <summary>Gets the HTTP status code.</summary>
    /// <value>The default is 200.</value>
    public int Status { get; init; } = 200;

    /// <summary>Gets the headers of the response and of its content.</summary>
    /// <value>
    /// The default is null: the response has no headers. Names are compared case-insensitively, so two names must not differ only in case. Several
    /// values of one header are one text, separated by commas.
    /// </value>
    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    /// <summary>Gets the chunks in which the body is delivered. Their lengths must add up to the length of the body.</summary>
    /// <value>The default is null: each read returns as many bytes as it asks for.</value>
    public IReadOnlyList<RecordedChunk>? Chunks { get; init; }

    /// <summary>Gets the failure of the exchange.</summary>
    /// <value>The default is null: nothing fails.</value>
    public RecordedFault? Fault { get; init; }

    /// <summary>Gets the value of a header. The name is compared case-insensitively. Returns null if there is no such header.</summary>
    internal string? GetHeader(string name) =>
        Headers?.FirstOrDefault(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    /// <summary>Gets the content coding, such as <c>gzip</c>. Returns null if the body is not compressed.</summary>
    internal string? GetContentCoding() =>
        GetHeader("content-encoding") is { Length: > 0 } coding && !coding.Equals("identity", StringComparison.OrdinalIgnoreCase) ? coding : null;

    /// <summary>Returns a copy in which a header has another value, or is removed if the value is null.</summary>
    internal RecordedResponse WithHeader(string name, string? value)
    {
        var headers = new Dictionary<string, string>(Headers ?? Enumerable.Empty<KeyValuePair<string, string>>(), StringComparer.OrdinalIgnoreCase);
        headers.Remove(name);
        if (value is not null)
        {
            headers.Add(name, value);
        }

        return this with { Headers = headers };
    }
}
