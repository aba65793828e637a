namespace UsageCapture.Decoding;

/// <summary>A body of one JSON object per line, as Ollama streams it. Blank lines are skipped. The last line may lack its line feed.</summary>
internal sealed class JsonLinesFraming(IDocumentHandler handler) : BodyFraming(handler)
{
    // Whether the current line has anything but white space so far.
    private bool _hasLineContent;

    public override bool IsStream => true;

    public override DecodedPiece Append(ReadOnlySpan<byte> bytes)
    {
        for (int position = 0; position < bytes.Length;)
        {
            ReadOnlySpan<byte> rest = bytes[position..];
            int length = rest.IndexOf((byte)'\n');
            ReadOnlySpan<byte> line = length < 0 ? rest : rest[..length];
            _hasLineContent |= line.ContainsAnyExcept((byte)' ', (byte)'\t', (byte)'\r');
            Scan(line); // If the line is incomplete, the scanner continues it in the next piece.
            DocumentEffects effects = length < 0 ? DocumentEffects.None : EndLine();
            if (MustStop(effects))
            {
                return new DecodedPiece(ResponseProgress.Complete, EndOffset: position); // Where the last line starts.
            }

            position += line.Length + 1;
        }

        return default;
    }

    public override DecodedPiece Complete()
    {
        EndLine(); // Its effects do not matter: the body is at its end.
        return default;
    }

    /// <summary>Handles the document of a line at its end.</summary>
    private DocumentEffects EndLine()
    {
        DocumentEffects effects = DocumentEffects.None;
        if (Scanner.IsComplete)
        {
            effects = HandleDocument();
        }
        else if (_hasLineContent)
        {
            Handler.AddIssues(DecodingIssues.UndecodableDocument);
        }

        _hasLineContent = false;
        Scanner.Reset();
        return effects;
    }
}
