using System.Net.Http.Headers;

using UsageCapture.Decoding;

namespace UsageCapture.Recognition;

/// <summary>
/// Detects the provider (the description of an API) that matches a response, from the start of its body. Used when no provider recognizes
/// the address of the request.
/// </summary>
/// <remarks>
/// <para>
/// Call <see cref="Append"/> for each piece of the body, until it returns a provider or <see cref="CanContinue"/> is false. Call
/// <see cref="Complete"/> if the body ends before that.
/// </para>
/// <para>
/// The detector examines whole JSON documents. Only after 64 KiB, or at the end of the body, it examines an incomplete document. So the
/// result depends on the bytes of the body, not on how the network cuts them into pieces.
/// </para>
/// </remarks>
internal sealed class ProviderDetector : IDisposable
{
    /// <summary>The number of bytes after which detection gives up. The members that identify an API usually come in the first document.</summary>
    public const int MaxExaminedLength = 64 * 1024;

    private readonly MatchingDecoder[] _decoders; // In the order of ProviderRegistry.ResponseMatchers.
    private int _examinedLength; // The number of bytes examined so far.

    /// <summary>Prepares to detect the API of one response.</summary>
    /// <param name="registry">The known APIs.</param>
    /// <param name="headers">The headers of the response's content.</param>
    public ProviderDetector(ProviderRegistry registry, HttpContentHeaders headers) =>
        _decoders = [.. registry.ResponseMatchers.Select(matcher => new MatchingDecoder(matcher, headers))];

    /// <summary>Gets whether fewer than <see cref="MaxExaminedLength"/> bytes were examined, so that more bytes can help.</summary>
    public bool CanContinue => _examinedLength < MaxExaminedLength;

    /// <summary>Returns whether a response may come from a language model: its status is a success, and its content is JSON or a stream of events.</summary>
    public static bool MayBeFromModel(HttpResponseMessage response)
    {
        if (!response.IsSuccessStatusCode || RawHeaders.GetContentType(response.Content.Headers)?.MediaType is not { } type)
        {
            return false;
        }

        return type.Contains("json", StringComparison.OrdinalIgnoreCase)
            || type.EndsWith("event-stream", StringComparison.OrdinalIgnoreCase) // text/event-stream
            || type.EndsWith("eventstream", StringComparison.OrdinalIgnoreCase); // application/vnd.amazon.eventstream
    }

    /// <summary>Examines the next piece of the body.</summary>
    /// <returns>The provider of the API; null while it is unknown.</returns>
    public UsageProvider? Append(ReadOnlySpan<byte> bytes)
    {
        bytes = bytes[..Math.Min(bytes.Length, MaxExaminedLength - _examinedLength)];
        _examinedLength += bytes.Length;
        UsageProvider? found = null;
        int earliestEnd = int.MaxValue;
        foreach (MatchingDecoder decoder in _decoders)
        {
            // The earliest matching document decides. If several decoders match the same document, the first decoder decides. A decoder
            // stops only at a match, so Complete means that its provider was found.
            DecodedPiece piece = decoder.BodyDecoder.Append(bytes);
            if (piece.Progress == ResponseProgress.Complete && piece.EndOffset < earliestEnd)
            {
                found = decoder.Provider;
                earliestEnd = piece.EndOffset;
            }
        }

        if (found is null && !CanContinue)
        {
            return Complete(); // The limit is reached: the incomplete document is the last chance.
        }

        return found;
    }

    /// <summary>Examines an incomplete document, when no more bytes are examined.</summary>
    /// <returns>The provider of the API; null when it stays unknown.</returns>
    public UsageProvider? Complete()
    {
        foreach (MatchingDecoder decoder in _decoders)
        {
            decoder.BodyDecoder.HandlePartialDocument();
            if (decoder.Provider is not null)
            {
                return decoder.Provider;
            }
        }

        return null;
    }

    public void Dispose()
    {
        foreach (MatchingDecoder decoder in _decoders)
        {
            decoder.BodyDecoder.Dispose();
        }
    }

    /// <summary>Decodes the body for one set of providers, and stops at the first document that matches one of them.</summary>
    private sealed class MatchingDecoder : IDocumentHandler
    {
        private readonly ResponseMatcher _matcher;

        public MatchingDecoder(ResponseMatcher matcher, HttpContentHeaders headers)
        {
            _matcher = matcher;
            BodyDecoder = new BodyDecoder(this, headers);
        }

        /// <summary>Gets the decoder of the body. It calls <see cref="HandleDocument"/> for each document.</summary>
        public BodyDecoder BodyDecoder { get; }

        /// <summary>Gets the provider that matches; null while no document has matched.</summary>
        public UsageProvider? Provider { get; private set; }

        public JsonShape Shape => _matcher.Shape;

        // Detection only examines documents. Where the response ends does not matter to it.
        public ReadOnlySpan<byte> Terminator => default;

        public bool HasInBandEndMarker => false;

        public bool AllowsNonJsonBody => false;

        public DocumentEffects HandleDocument(JsonCaptures document)
        {
            Provider ??= _matcher.FindProvider(document);

            // NewInformation prevents the decoder from skipping documents that look like this one, so each document is examined.
            return DocumentEffects.NewInformation | (Provider is null ? DocumentEffects.None : DocumentEffects.Stop);
        }

        public DocumentEffects HandleEnd() => DocumentEffects.None;

        public DocumentEffects HandleError(ReadOnlySpan<byte> type, ReadOnlySpan<byte> code) => DocumentEffects.None;

        public void AddIssues(DecodingIssues issues)
        {
            // Once the API is known, its own decoder reads the same bytes again and reports the issues.
        }
    }
}
