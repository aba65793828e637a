using System.Net.Http.Headers;

using UsageCapture.Decoding;

namespace UsageCapture.Recognition;

/// <summary>Detects the API of a response from the start of its body. Used when no provider recognizes the address of the request.</summary>
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
internal sealed class ProtocolDetector : IDisposable
{
    /// <summary>The number of bytes after which detection gives up. The members that identify an API usually come in the first document.</summary>
    public const int MaxLength = 64 * 1024;

    private readonly Candidate[] _candidates;
    private int _length; // The number of bytes examined so far.

    /// <summary>Prepares to detect the API of one response.</summary>
    /// <param name="registry">The known APIs.</param>
    /// <param name="headers">The headers of the response's content.</param>
    public ProtocolDetector(ProviderRegistry registry, HttpContentHeaders headers) =>
        _candidates = [.. registry.Shapes.Select(shapes => new Candidate(shapes, headers))];

    /// <summary>Gets whether detection has not given up.</summary>
    public bool CanContinue => _length < MaxLength;

    /// <summary>Returns whether a response may come from a language model: its status is a success, and its content is JSON or a stream of events.</summary>
    public static bool IsCandidate(HttpResponseMessage response)
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
        bytes = bytes[..Math.Min(bytes.Length, MaxLength - _length)];
        _length += bytes.Length;
        UsageProvider? found = null;
        int earliestMatch = int.MaxValue;
        foreach (Candidate candidate in _candidates)
        {
            // The earliest matching document decides. If several candidates match the same document, the first candidate decides.
            DecodedPiece piece = candidate.Decoder.Append(bytes);
            if (piece.Progress == ResponseProgress.Complete && piece.EndOffset < earliestMatch)
            {
                found = candidate.Provider;
                earliestMatch = piece.EndOffset;
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
        foreach (Candidate candidate in _candidates)
        {
            candidate.Decoder.HandlePartialDocument();
            if (candidate.Provider is not null)
            {
                return candidate.Provider;
            }
        }

        return null;
    }

    public void Dispose()
    {
        foreach (Candidate candidate in _candidates)
        {
            candidate.Decoder.Dispose();
        }
    }

    /// <summary>Decodes the body for one set of providers, and stops at the first document that matches one of them.</summary>
    private sealed class Candidate : IDocumentHandler
    {
        private readonly ResponseShapes _shapes;

        public Candidate(ResponseShapes shapes, HttpContentHeaders headers)
        {
            _shapes = shapes;
            Decoder = new BodyDecoder(this, headers);
        }

        public BodyDecoder Decoder { get; }

        public UsageProvider? Provider { get; private set; }

        public JsonShape Shape => _shapes.Shape;

        public ReadOnlySpan<byte> Terminator => default;

        public bool HasInBandEndMarker => false;

        public bool AllowsNonJsonBody => false;

        public DocumentEffects HandleDocument(JsonCaptures document)
        {
            Provider ??= _shapes.FindProvider(document);

            // "New" prevents the decoder from skipping documents that look like this one, so each document is examined.
            return DocumentEffects.New | (Provider is null ? DocumentEffects.None : DocumentEffects.Stop);
        }

        public DocumentEffects HandleEnd() => DocumentEffects.None;

        public DocumentEffects HandleError(ReadOnlySpan<byte> type, ReadOnlySpan<byte> code) => DocumentEffects.None;

        public void AddIssues(DecodingIssues issues)
        {
            // Once the API is known, its own decoder reads the same bytes again and reports the issues.
        }
    }
}
