using System.Text.Json;

namespace UsageCapture.Testing.Replay;

/// <summary>What a recording can be matched with: a request and its JSON body, which is null where it has none.</summary>
internal sealed record RequestFacts(string Method, Uri Url, JsonElement? Body)
{
    public string? Model => Body is { ValueKind: JsonValueKind.Object } body
        && body.TryGetProperty("model", out JsonElement model)
        && model.ValueKind == JsonValueKind.String
            ? model.GetString()
            : null;

    // Gemini says it in the path instead.
    public bool Stream => (Body is { ValueKind: JsonValueKind.Object } body
            && body.TryGetProperty("stream", out JsonElement stream)
            && stream.ValueKind == JsonValueKind.True)
        || Url.AbsolutePath.Contains(":stream", StringComparison.Ordinal);

    public static RequestFacts Of(HttpRequestMessage request, ReadOnlyMemory<byte> body) => new(
        request.Method.Method,
        request.RequestUri ?? throw new InvalidOperationException("A request without an address cannot be answered. Set its RequestUri."),
        Parse(body));

    public override string ToString() =>
        $"{Method} {Url.GetLeftPart(UriPartial.Path)} ({(Model is { } model ? $"model '{model}'" : "no model")}, {(Stream ? "streamed" : "not streamed")})";

    private static JsonElement? Parse(ReadOnlyMemory<byte> body)
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
}
