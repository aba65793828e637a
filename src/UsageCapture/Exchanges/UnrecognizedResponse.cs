using System.Net.Http.Headers;

using UsageCapture.Decoding;
using UsageCapture.Recognition;

namespace UsageCapture.Exchanges;

/// <summary>A response whose API is not known yet. It keeps the start of the body, which is decoded once the API is known.</summary>
internal sealed class UnrecognizedResponse : IDisposable
{
    private readonly ProtocolDetector _detector;
    private readonly Uri _address;
    private PooledArray<byte> _seen;
    private int _seenLength;

    public UnrecognizedResponse(HttpResponseMessage response, ProviderRegistry registry, Uri address)
    {
        Headers = response.Headers;
        ContentHeaders = response.Content.Headers;
        _detector = new ProtocolDetector(registry, ContentHeaders);
        _address = address;
    }

    /// <summary>Gets the headers of the response.</summary>
    public HttpResponseHeaders Headers { get; }

    /// <summary>Gets the headers of the response's content.</summary>
    public HttpContentHeaders ContentHeaders { get; }

    /// <summary>Gets whether more bytes may tell.</summary>
    public bool CanContinue => _detector.CanContinue;

    /// <summary>Gets the bytes of the pieces before the one that told.</summary>
    public ReadOnlySpan<byte> Seen => _seen.Items.AsSpan(0, _seenLength);

    /// <summary>Looks at the next bytes.</summary>
    /// <returns>The API, as soon as it is known.</returns>
    public RecognizedApi? Append(ReadOnlySpan<byte> bytes)
    {
        if (_detector.Append(bytes) is { } provider)
        {
            return RecognizedApi.Describe(provider, _address);
        }

        if (CanContinue)
        {
            _seen.EnsureCapacity(_seenLength + bytes.Length, _seenLength);
            bytes.CopyTo(_seen.Items.AsSpan(_seenLength));
            _seenLength += bytes.Length;
        }

        return null;
    }

    /// <summary>Looks at what there is, when no more bytes come.</summary>
    /// <returns>The API; null when the bytes do not tell.</returns>
    public RecognizedApi? Complete() =>
        CanContinue && _detector.Complete() is { } provider ? RecognizedApi.Describe(provider, _address) : null;

    public void Dispose()
    {
        _detector.Dispose();
        _seen.Return();
    }
}
