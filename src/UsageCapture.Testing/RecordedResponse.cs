namespace UsageCapture.Testing;

/// <summary>The head of a recorded response; its body stands in the file beside it.</summary>
public sealed record RecordedResponse
{
    /// <summary>Gets the HTTP status code.</summary>
    /// <value>The default is 200.</value>
    public int Status { get; init; } = 200;

    /// <summary>Gets the headers, of the response and of its content.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
}
