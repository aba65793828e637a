using System.Text.Json;
using UsageCapture.Benchmarks.Bodies;

namespace UsageCapture.Benchmarks.Contenders;

/// <summary>Runs a <see cref="Utf8JsonReader"/> over every event, or the one document, and skips what is not usage.</summary>
internal sealed class JsonReaderRead(HttpMessageHandler inner, Uri address, Body body) : ParsedRead(inner, address, body)
{
    // For the one document: exactly as long as it is, which nobody knows beforehand; to this contender's advantage.
    private readonly byte[] _whole = body.IsEventStream ? [] : new byte[body.Bytes.Length];

    protected override Tokens? Find(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        return Place.Find(ref reader);
    }

    protected override async Task<Tokens?> FindAsync(Stream json)
    {
        await json.ReadExactlyAsync(_whole);
        return Find(_whole);
    }
}
