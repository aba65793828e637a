namespace UsageCapture.Decoding;

/// <summary>A body that is JSON: one object, several one after another as Ollama streams them, or an array of them as Gemini does.</summary>
/// <remarks>White space and an array's commas between objects are skipped. The closing bracket of an array may be missing.</remarks>
internal sealed class JsonFraming(IDocumentHandler handler) : BodyFraming(handler)
{
    private bool _isArray;
    private bool _isInDocument;
    private bool _isBroken;
    private int _documents;

    public override bool IsStream => _isArray || (Handler.HasInBandEndMarker && _documents + (_isInDocument ? 1 : 0) > 1);

    public override DecodedPiece Append(ReadOnlySpan<byte> bytes)
    {
        int position = 0;
        while (position < bytes.Length && !_isBroken)
        {
            DocumentEffects effects = DocumentEffects.None;
            if (!_isInDocument)
            {
                effects = ReadBetween(bytes[position]);
                position += _isInDocument ? 0 : 1;
            }
            else
            {
                position += Scanner.Scan(bytes[position..]);
                effects = Scanner.IsComplete ? EndDocument() : effects;
            }

            if (Stops(effects))
            {
                // The last bracket completes the response. The caller may have everything before it at once.
                return new DecodedPiece(ResponseProgress.Complete, position - 1);
            }
        }

        return default;
    }

    public override DecodedPiece Complete()
    {
        if (_isInDocument || _isBroken || _documents == 0)
        {
            Handler.AddIssues(DecodingIssues.UndecodableDocument);
        }

        return default;
    }

    private DocumentEffects EndDocument()
    {
        _isInDocument = false;
        _documents++;
        DocumentEffects effects = HandleDocument();
        bool isOnlyDocument = !_isArray && !Handler.HasInBandEndMarker;
        return isOnlyDocument && !Stops(effects) ? Handler.HandleEnd() : effects;
    }

    /// <summary>Reads a byte that is outside any object.</summary>
    private DocumentEffects ReadBetween(byte next)
    {
        switch (next)
        {
            case (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n':
            case (byte)',' when _isArray:
                return DocumentEffects.None;
            case (byte)'[' when _documents == 0 && !_isArray:
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
