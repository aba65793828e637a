using System.Text.Json;

namespace UsageCapture.Testing;

/// <summary>The request that a recorded response answers.</summary>
public sealed record RecordedRequest
{
    /// <summary>Gets the HTTP method.</summary>
    /// <value>The default is <c>POST</c>.</value>
    public string Method { get; init; } = "POST";

    /// <summary>Gets the address that the request was sent to.</summary>
    public required Uri Url { get; init; }

    /// <summary>Gets the JSON body; null when the request had none.</summary>
    public JsonElement? Body { get; init; }
}
