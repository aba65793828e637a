namespace UsageCapture.Decoding;

/// <summary>One way in which a body holds JSON documents. It finds the documents and gives them to the handler.</summary>
/// <remarks>
/// Call <see cref="Append"/> for each piece until a piece stops the decoding, <see cref="Complete"/> at the end of the body, and
/// <see cref="Release"/> last.
/// </remarks>
internal abstract class BodyFraming
{
    private readonly JsonCaptures _captures = new();

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

    /// <summary>Decodes what the end of the body completes.</summary>
    public abstract DecodedPiece Complete();

    /// <summary>Gives the handler the incomplete document, with what has come of it so far.</summary>
    public void HandlePartialDocument() => Handler.HandleDocument(_captures);

    /// <summary>Returns the pooled buffers. The framing cannot be used afterwards.</summary>
    public virtual void Release() => _captures.Release();

    /// <summary>Scans a piece of a document, and what follows the end of the document.</summary>
    /// <param name="bytes">The piece.</param>
    /// <param name="origin">Offset of the piece in the event.</param>
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
        if (_captures.IsOverfull)
        {
            Handler.AddIssues(DecodingIssues.OversizedDocument);
        }

        return Handler.HandleDocument(_captures);
    }

    protected static bool Stops(DocumentEffects effects) => (effects & DocumentEffects.Stop) != DocumentEffects.None;
}
