namespace UsageCapture.Testing;

/// <summary>The head of a recorded response, and how its body travels; the body itself stands in the file beside it.</summary>
/// <param name="Status">The HTTP status code; 200 where nothing else is said.</param>
/// <param name="Headers">The headers, of the response and of its content; null for none.</param>
/// <param name="Chunks">The pieces in which the body arrives: one read gives no more than the rest of one. Null for as much as a read asks for.</param>
/// <param name="Fault">What goes wrong on the way; null for nothing.</param>
public sealed record RecordedResponse(
    int Status = 200,
    IReadOnlyDictionary<string, string>? Headers = null,
    IReadOnlyList<RecordedChunk>? Chunks = null,
    RecordedFault? Fault = null)
{
    /// <summary>Gives the value of a header; null when there is none. Names are the same in any case of letters.</summary>
    internal string? Header(string name) =>
        Headers?.FirstOrDefault(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    /// <summary>Sets a header, or takes it away.</summary>
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
