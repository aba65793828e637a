using System.Net.Http.Headers;
using System.Text.Json;
using UsageCapture.Benchmarks.Bodies;
using UsageCapture.Decoding;

namespace UsageCapture.Benchmarks.Contenders;

/// <summary>Reads the response past the decoder alone: for protocols whose addresses the handler does not know yet.</summary>
/// <remarks>When it does, <see cref="CapturedRead"/> takes its place.</remarks>
internal sealed class DecodedRead(HttpMessageHandler inner, Uri address, UsagePlace place) : IContender
{
    private readonly ResponseReader _response = new(inner, address);
    private readonly byte[] _buffer = new byte[Reads.BufferLength];
    private Tokens? _found;

    public Tokens? Found => _found;

    public async ValueTask<long> RunAsync()
    {
        var reader = new Reader(place);
        using HttpResponseMessage response = await _response.SendAsync();
        using var decoder = new BodyDecoder(reader, response.Content.Headers);
        await using Stream body = await response.Content.ReadAsStreamAsync();
        long length = 0;
        while (await body.ReadAsync(_buffer) is > 0 and int read)
        {
            decoder.Append(_buffer.AsSpan(0, read));
            length += read;
        }

        decoder.Complete();
        _found = reader.Found;
        return length;
    }

    public void Dispose() => _response.Dispose();

    private sealed class Reader(UsagePlace place) : IDocumentReader
    {
        private const int Inner = 0;
        private const int Own = 1;
        private const int Unread = 2;

        // The members that a real reader would look at as well.
        private static readonly JsonShape AnthropicEvent = JsonShape.Object(
            ("type", JsonShape.Text(Unread)),
            ("message", JsonShape.Object(
                ("id", JsonShape.Text(Unread)),
                ("model", JsonShape.Text(Unread)),
                ("usage", JsonShape.Text(Inner)))),
            ("usage", JsonShape.Text(Own)),
            ("error", JsonShape.Text(Unread)));

        public JsonShape Shape => AnthropicEvent;

        public ReadOnlySpan<byte> Terminator => default;

        public bool MayHaveNoDocuments => false;

        public bool HasEnded { get; private set; }

        public Tokens? Found { get; private set; }

        public bool Read(JsonCaptures document) => Take(document.Last(Inner)) | Take(document.Last(Own));

        public void End() => HasEnded = true;

        public void Flag(UsageAnomalies anomalies)
        {
        }

        private bool Take(ReadOnlySpan<byte> json)
        {
            if (json is not [(byte)'{', ..])
            {
                return false;
            }

            var reader = new Utf8JsonReader(json);
            reader.Read();
            Found = place.ReadCounts(ref reader);
            return true;
        }
    }
}
