using System.Text.Json;

namespace UsageCapture.Testing.Matching;

/// <summary>The parts of a request that a <see cref="RequestMatch"/> compares with its own values.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Url">The absolute address.</param>
/// <param name="Body">The JSON body; null if there is no body, or if it is not JSON.</param>
internal sealed record RequestDescription(string Method, Uri Url, JsonElement? Body)
{
    /// <summary>Gets the model that the body names; null if it names none.</summary>
    public string? Model => GetBodyMember("model") is { ValueKind: JsonValueKind.String } model ? model.GetString() : null;

    /// <summary>Gets whether the request asks for a stream. The APIs of Gemini and Amazon Bedrock say it in the path, all others in the body.</summary>
    public bool IsStreaming =>
        GetBodyMember("stream") is { ValueKind: JsonValueKind.True }
        || Url.AbsolutePath.Contains(":stream", StringComparison.Ordinal) // Gemini: ":streamGenerateContent".
        || Url.AbsolutePath.EndsWith("-stream", StringComparison.Ordinal); // Bedrock: "/converse-stream", "/invoke-with-response-stream".

    /// <summary>Describes a request that is about to be sent.</summary>
    /// <param name="request">The request. Its content is not read, because the caller has read its bytes already.</param>
    /// <param name="body">The bytes of its content; empty for none.</param>
    /// <exception cref="InvalidOperationException">The request has no address.</exception>
    public static RequestDescription From(HttpRequestMessage request, ReadOnlyMemory<byte> body) => new(
        request.Method.Method,
        request.RequestUri ?? throw new InvalidOperationException("The request has no address. Set its RequestUri."),
        ParseJson(body));

    /// <summary>Returns the request as a phrase for messages, without the query, which can hold a key.</summary>
    public override string ToString()
    {
        string model = Model is null ? "no model" : $"model '{Model}'";
        string streaming = IsStreaming ? "streamed" : "not streamed";
        return $"{Method} {Url.GetLeftPart(UriPartial.Path)} ({model}, {streaming})";
    }

    private static JsonElement? ParseJson(ReadOnlyMemory<byte> body)
    {
        try
        {
            return body.IsEmpty ? null : JsonElement.Parse(body.Span);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private JsonElement? GetBodyMember(string name) =>
        Body is { ValueKind: JsonValueKind.Object } body && body.TryGetProperty(name, out JsonElement member) ? member : null;
}
