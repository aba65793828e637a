using System.Text.Json;
using UsageCapture.Benchmarks.Bodies;

namespace UsageCapture.Benchmarks.Contenders;

/// <summary>Parses every event, or the one document, into a <see cref="JsonDocument"/> and looks for usage in it.</summary>
internal sealed class JsonDocumentRead(HttpMessageHandler inner, Uri address, Body body) : ParsedRead(inner, address, body)
{
    protected override Tokens? Find(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        using JsonDocument document = JsonDocument.ParseValue(ref reader);
        return Place.Find(document.RootElement);
    }

    protected override async Task<Tokens?> FindAsync(Stream json)
    {
        using JsonDocument document = await JsonDocument.ParseAsync(json);
        return Place.Find(document.RootElement);
    }
}
