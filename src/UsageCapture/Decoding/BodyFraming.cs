namespace UsageCapture.Decoding;

/// <summary>
/// Finds the JSON documents in a body and gives them to the handler. Each derived class reads one format: JSON objects or an array
/// of them, lines with an object each, server-sent events, or AWS event streams.
/// </summary>
/// <remarks>
/// <see cref="BodyDecoder"/> chooses the class by the first byte of the body. It calls <see cref="Append"/> for each piece until a piece
/// stops the decoding, <see cref="Complete"/> at the end of the body, and <see cref="Release"/> last.
/// </remarks>
internal abstract class BodyFraming
{
    private readonly JsonCaptures _captures = new();

    /// <summary>Prepares to decode one body.</summary>
    /// <param name="handler">Receives the documents.</param>
    /// <param name="variableRanges">Receives the parts of each document that no reader uses; null when they are not recorded.</param>
    protected BodyFraming(IDocumentHandler handler, VariableRangeList? variableRanges = null)
    {
        Handler = handler;
        Scanner = new JsonScanner(handler.Shape, _captures, variableRanges);
    }

    /// <summary>Gets whether the body is a stream of documents rather than one document.</summary>
    public abstract bool IsStream { get; }

    protected IDocumentHandler Handler { get; }

    protected JsonScanner Scanner { get; }

    /// <summary>Decodes the next piece of the body, up to the document that completes the response.</summary>
    public abstract DecodedPiece Append(ReadOnlySpan<byte> bytes);

    /// <summary>Decodes the last document, if only the end of the body shows that it is complete.</summary>
    public abstract DecodedPiece Complete();

    /// <summary>Gives the handler the incomplete document, with the parts of it that have come so far.</summary>
    /// <remarks>Called to recognize an unknown API from the bytes so far. The returned effects are ignored, because decoding ends then.</remarks>
    public void HandlePartialDocument() => Handler.HandleDocument(_captures);

    /// <summary>Returns the pooled buffers. The framing cannot be used afterwards.</summary>
    public virtual void Release() => _captures.Release();

    /// <summary>Scans a piece of a document. The scanner stops at the end of the document; then it checks that only white space follows.</summary>
    /// <param name="bytes">The piece.</param>
    /// <param name="origin">Offset of the piece in its server-sent event, for the variable ranges; zero for a body of another format.</param>
    protected void Scan(ReadOnlySpan<byte> bytes, int origin = 0)
    {
        while (!bytes.IsEmpty)
        {
            int scanned = Scanner.Scan(bytes, origin);
            bytes = bytes[scanned..];
            origin += scanned;
        }
    }

    /// <summary>Gives the handler the document that the scanner has completed.</summary>
    protected DocumentEffects HandleDocument()
    {
        if (_captures.IsOversized)
        {
            Handler.AddIssues(DecodingIssues.OversizedDocument);
        }

        return Handler.HandleDocument(_captures);
    }

    /// <summary>Gets whether the handler wants no more documents.</summary>
    protected static bool MustStop(DocumentEffects effects) => (effects & DocumentEffects.Stop) != DocumentEffects.None;
}
