using System.IO.Compression;
using System.Net.ServerSentEvents;
using UsageCapture.Benchmarks.Bodies;

namespace UsageCapture.Benchmarks.Contenders;

/// <summary>Reads the response as one would by hand: events with <see cref="SseParser"/>, and each document with a JSON parser.</summary>
internal abstract class ParsedRead : IContender
{
    private readonly ResponseReader _response;
    private readonly Body _body;
    private readonly SseItemParser<Tokens?> _parse;
    private Tokens? _found;

    protected ParsedRead(HttpMessageHandler inner, Uri address, Body body)
    {
        _response = new ResponseReader(inner, address);
        _body = body;
        _parse = (_, data) => data.SequenceEqual("[DONE]"u8) ? null : Find(data);
    }

    public Tokens? Found => _found;

    protected UsagePlace Place => _body.Place;

    public async ValueTask<long> RunAsync()
    {
        _found = null;
        using HttpResponseMessage response = await _response.SendAsync();
        await using Stream encoded = await response.Content.ReadAsStreamAsync();
        await using Stream body = _body.IsGzip ? new GZipStream(encoded, CompressionMode.Decompress) : encoded;
        if (!_body.IsEventStream)
        {
            _found = await FindAsync(body);
            return 1;
        }

        // Without await between the events: they are all there, and the parser is at its best.
        long events = 0;
        foreach (SseItem<Tokens?> item in SseParser.Create(body, _parse).Enumerate())
        {
            _found = item.Data ?? _found;
            events++;
        }

        return events;
    }

    public void Dispose() => _response.Dispose();

    /// <summary>Finds the usage in the data of one event.</summary>
    protected abstract Tokens? Find(ReadOnlySpan<byte> json);

    /// <summary>Finds the usage in a body that is one document.</summary>
    protected abstract Task<Tokens?> FindAsync(Stream json);
}
