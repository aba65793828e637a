using System.Text.Json;

namespace UsageCapture.Testing;

/// <summary>The request that a recording belongs to. Immutable and thread-safe.</summary>
public sealed record RecordedRequest
{
    /// <summary>Gets the absolute address that the request was sent to.</summary>
    public required Uri Url { get; init; }

    /// <summary>Gets the HTTP method.</summary>
    /// <value>The default is <c>POST</c>, the method of almost all calls of language models.</value>
    public string Method { get; init; } = "POST";

    /// <summary>Gets the JSON body.</summary>
    /// <value>The default is null: the request had no body.</value>
    public JsonElement? Body { get; init; }

    /// <summary>Gets which requests the recording answers in a replay.</summary>
    /// <value>The default is null: the recording answers the requests that <see cref="RequestMatch.SimilarTo"/> describes.</value>
    public RequestMatch? Match { get; init; }
}
