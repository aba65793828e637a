using System.Net.Http.Headers;

using UsageCapture.Decoding;

namespace UsageCapture.Recognition;

/// <summary>Finds out from the start of a response's body which API it belongs to, when the request's path does not tell.</summary>
/// <remarks>
/// <para>
/// Call <see cref="Append"/> for each piece, until it returns a provider or <see cref="CanContinue"/> is false, and
/// <see cref="Complete"/> when the body ends before that.
/// </para>
/// <para>
/// The detector looks at whole documents. A document that is incomplete after 64 KiB of the body, or at its end, is looked at as far as
/// it came. So the result depends on the bytes, not on how they were cut.
/// </para>
/// </remarks>
internal sealed class ProtocolDetector : IDisposable
{
    /// <summary>The number of bytes after which detection gives up.</summary>
    public const int MaxLength = 64 * 1024;

    private readonly Candidate[] _candidates;
    private int _length;

    public ProtocolDetector(ProviderRegistry registry, HttpContentHeaders headers) =>
        _candidates = [.. registry.Shapes.Select(shapes => new Candidate(shapes, headers))];

    /// <summary>Gets whether more bytes may tell.</summary>
    public bool CanContinue => _length < MaxLength;

    /// <summary>Gets whether a response may come from a language model: it is a success, and JSON or a stream of events.</summary>
    public static bool IsCandidate(HttpResponseMessage response) =>
        response.IsSuccessStatusCode
        && response.Content.Headers.ContentType?.MediaType is { } type
        && (type.Contains("json", StringComparison.OrdinalIgnoreCase) || type.EndsWith("event-stream", StringComparison.OrdinalIgnoreCase)
            || type.EndsWith("eventstream", StringComparison.OrdinalIgnoreCase));

    /// <summary>Looks at the next bytes of the body.</summary>
    /// <returns>The provider, as soon as it is known.</returns>
    public UsageProvider? Append(ReadOnlySpan<byte> bytes)
    {
        bytes = bytes[..Math.Min(bytes.Length, MaxLength - _length)];
        _length += bytes.Length;
        UsageProvider? found = null;
        long foundAt = long.MaxValue;
        foreach (Candidate candidate in _candidates)
        {
            // The first document that tells decides, and among candidates for the same document their order.
            DecodedPiece piece = candidate.Decoder.Append(bytes);
            if (piece.StopsAt + piece.PlainStop is { } stopsAt && stopsAt < foundAt)
            {
                found = candidate.Provider;
                foundAt = stopsAt;
            }
        }

        return found ?? (CanContinue ? null : Complete());
    }

    /// <summary>Looks at the incomplete document.</summary>
    /// <returns>The provider; null when what there is of the document does not tell.</returns>
    public UsageProvider? Complete()
    {
        foreach (Candidate candidate in _candidates)
        {
            candidate.Decoder.ReadPartial();
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

    /// <summary>Decodes the body for one set of shapes, and stops at the first document that matches.</summary>
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

            // Each document is read: a later one may tell what a similar one before did not.
            return DocumentEffects.New | (Provider is null ? DocumentEffects.None : DocumentEffects.Stop);
        }

        public DocumentEffects HandleEnd() => DocumentEffects.None;

        public DocumentEffects HandleError(ReadOnlySpan<byte> type, ReadOnlySpan<byte> code) => DocumentEffects.None;

        public void AddIssues(DecodingIssues issues)
        {
            // The decoder of the recognised API reads the same bytes again and notes them.
        }
    }
}
