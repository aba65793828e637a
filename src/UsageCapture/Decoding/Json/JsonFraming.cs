namespace UsageCapture.Decoding;

/// <summary>A body that is JSON: one object, several one after another as Ollama streams them, or an array of them as Gemini does.</summary>
/// <remarks>
/// White space and an array's commas between objects are skipped. Whether the commas are complete is not checked, and the closing bracket
/// of an array may be missing: the usage can be read without them.
/// </remarks>
internal sealed class JsonFraming(IDocumentHandler handler) : BodyFraming(handler)
{
    private bool _isArray;

    // Whether an object has begun and has not ended. It stays true when the object is malformed: the scanner then ignores the rest.
    private bool _isInDocument;

    // Whether a byte has come that cannot be between objects. The rest of the body is ignored.
    private bool _isBroken;
    private int _documentCount;

    // With a marker in the last object, one object alone is a whole response, and only the second one shows that the body is a stream.
    public override bool IsStream => _isArray || (Handler.HasInBandEndMarker && _documentCount + (_isInDocument ? 1 : 0) > 1);

    public override DecodedPiece Append(ReadOnlySpan<byte> bytes)
    {
        int position = 0;
        while (position < bytes.Length && !_isBroken)
        {
            DocumentEffects effects = DocumentEffects.None;
            if (!_isInDocument)
            {
                effects = ReadOutsideDocument(bytes[position]);
                position += _isInDocument ? 0 : 1; // The scanner reads the opening bracket itself.
            }
            else
            {
                position += Scanner.Scan(bytes[position..]);
                effects = Scanner.IsComplete ? EndDocument() : effects;
            }

            if (MustStop(effects))
            {
                // Only the last bracket completes the response. The caller may have everything before it at once.
                return new DecodedPiece(ResponseProgress.Complete, position - 1);
            }
        }

        return default;
    }

    public override DecodedPiece Complete()
    {
        if (_isInDocument || _isBroken || _documentCount == 0)
        {
            Handler.AddIssues(DecodingIssues.UndecodableDocument);
        }

        return default;
    }

    private DocumentEffects EndDocument()
    {
        _isInDocument = false;
        _documentCount++;
        DocumentEffects effects = HandleDocument();
        bool isOnlyDocument = !_isArray && !Handler.HasInBandEndMarker;
        return isOnlyDocument && !MustStop(effects) ? Handler.HandleEnd() : effects;
    }

    /// <summary>Reads a byte that is outside any object.</summary>
    private DocumentEffects ReadOutsideDocument(byte next)
    {
        switch (next)
        {
            case (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n':
            case (byte)',' when _isArray:
                return DocumentEffects.None;
            case (byte)'[' when _documentCount == 0 && !_isArray:
                _isArray = true;
                return DocumentEffects.None;
            case (byte)']' when _isArray:
                return Handler.HandleEnd();
            case (byte)'{':
                Scanner.Reset();
                _isInDocument = true;
                return DocumentEffects.None;
            default:
                _isBroken = true;
                return DocumentEffects.None;
        }
    }
}
