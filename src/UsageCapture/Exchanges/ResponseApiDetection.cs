using System.Net.Http.Headers;

using UsageCapture.Decoding;
using UsageCapture.Recognition;

namespace UsageCapture.Exchanges;

/// <summary>Detects the API of a response from the start of its body, and keeps that start, so that it can be decoded afterwards.</summary>
/// <remarks>
/// Used when the address of the request does not tell the API.
/// <see cref="ExchangeRecorder"/> calls <see cref="Append"/> for each piece of the body while <see cref="CanContinue"/> is true, and
/// <see cref="Complete"/> at the end of the body. When one of them returns an API, the recorder uses the API's reader to decode
/// <see cref="EarlierBytes"/> and, after <see cref="Append"/>, the current piece.
/// </remarks>
internal sealed class ResponseApiDetection : IDisposable
{
    private readonly ProviderDetector _detector;
    private readonly Uri _address;
    private PooledArray<byte> _earlierBytes;
    private int _earlierByteCount;

    /// <summary>Prepares to detect the API of a response.</summary>
    /// <param name="response">The response. Only its headers are kept.</param>
    /// <param name="registry">The known APIs.</param>
    /// <param name="address">The address of the request, from which the API's endpoint is described.</param>
    public ResponseApiDetection(HttpResponseMessage response, ProviderRegistry registry, Uri address)
    {
        Headers = response.Headers;
        ContentHeaders = response.Content.Headers;
        _detector = new ProviderDetector(registry, ContentHeaders);
        _address = address;
    }

    /// <summary>Gets the headers of the response.</summary>
    public HttpResponseHeaders Headers { get; }

    /// <summary>Gets the headers of the response's content.</summary>
    public HttpContentHeaders ContentHeaders { get; }

    /// <summary>Gets whether more of the body is to be examined. False after <see cref="ProviderDetector.MaxExaminedLength"/> bytes.</summary>
    public bool CanContinue => _detector.CanContinue;

    /// <summary>Gets the bytes of the body before the piece in which the API was detected.</summary>
    public ReadOnlySpan<byte> EarlierBytes => _earlierBytes.Items.AsSpan(0, _earlierByteCount);

    /// <summary>Examines the next piece of the body, and keeps it if the API is still unknown.</summary>
    /// <returns>The API; null while it is unknown.</returns>
    public RecognizedApi? Append(ReadOnlySpan<byte> bytes)
    {
        if (_detector.Append(bytes) is { } provider)
        {
            return RecognizedApi.Describe(provider, _address);
        }

        if (CanContinue)
        {
            _earlierBytes.EnsureCapacity(_earlierByteCount + bytes.Length, keptCount: _earlierByteCount);
            bytes.CopyTo(_earlierBytes.Items.AsSpan(_earlierByteCount));
            _earlierByteCount += bytes.Length;
        }

        return null;
    }

    /// <summary>Examines an incomplete document at the end of the body.</summary>
    /// <returns>The API; null when it stays unknown.</returns>
    public RecognizedApi? Complete() =>
        CanContinue && _detector.Complete() is { } provider ? RecognizedApi.Describe(provider, _address) : null;

    public void Dispose()
    {
        _detector.Dispose();
        _earlierBytes.Return();
    }
}
