using System.Net.Http.Headers;

using UsageCapture.Decoding;

namespace UsageCapture.Recognition;

/// <summary>Finds out whose protocol a response speaks when the path of its request does not tell, from the first bytes of its body.</summary>
/// <remarks>It keeps those bytes for the decoder that then reads them; where they do not tell within the limit, nothing does.</remarks>
internal sealed class ProtocolDetector : IDisposable
{
    private const int MaxLength = 64 * 1024;

    private readonly ShapeReader _reader = new();
    private readonly BodyDecoder _decoder;
    private readonly ProviderRegistry _providers;
    private readonly Uri _address;
    private PooledArray<byte> _seen;
    private int _length;

    public ProtocolDetector(HttpResponseMessage response, ProviderRegistry providers, Uri address)
    {
        Headers = response.Headers;
        ContentHeaders = response.Content.Headers;
        _decoder = new BodyDecoder(_reader, ContentHeaders);
        _providers = providers;
        _address = address;
    }

    /// <summary>Gets the headers of the response.</summary>
    public HttpResponseHeaders Headers { get; }

    /// <summary>Gets what the response says of its body.</summary>
    public HttpContentHeaders ContentHeaders { get; }

    /// <summary>Gets whether looking any further is worth it.</summary>
    public bool IsOpen { get; private set; } = true;

    /// <summary>Gets the bytes that came before those that told.</summary>
    public ReadOnlySpan<byte> Seen => _seen.Items.AsSpan(0, _length);

    /// <summary>Gets whether a response may be one at all: a success, of a type in which models answer.</summary>
    public static bool IsWorthwhile(HttpResponseMessage response) =>
        response.IsSuccessStatusCode
        && response.Content.Headers.ContentType?.MediaType is { } type
        && (type.Contains("json", StringComparison.OrdinalIgnoreCase) || type.EndsWith("event-stream", StringComparison.OrdinalIgnoreCase)
            || type.EndsWith("eventstream", StringComparison.OrdinalIgnoreCase));

    /// <summary>Looks at the next bytes.</summary>
    /// <returns>The call, once it is known.</returns>
    public Call? Append(ReadOnlySpan<byte> bytes)
    {
        _decoder.Append(bytes);
        _decoder.ReadUnderWay();
        if (_reader.Protocol is { } protocol && _providers.Find(protocol) is { } provider)
        {
            return Call.To(KnownAddress.Of(provider, _address));
        }

        IsOpen = _length + bytes.Length <= MaxLength;
        if (IsOpen)
        {
            _seen.EnsureCapacity(_length + bytes.Length, _length);
            bytes.CopyTo(_seen.Items.AsSpan(_length));
            _length += bytes.Length;
        }

        return null;
    }

    public void Dispose()
    {
        IsOpen = false;
        _decoder.Dispose();
        _seen.Return();
    }
}
