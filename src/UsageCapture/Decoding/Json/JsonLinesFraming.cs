namespace UsageCapture.Decoding;

/// <summary>A body of one JSON object per line, as Ollama streams it. Blank lines are skipped. The last line may lack its line feed.</summary>
internal sealed class JsonLinesFraming(IDocumentHandler handler) : BodyFraming(handler)
{
    private bool _lineHasContent;

    public override bool IsStream => true;

    public override DecodedPiece Append(ReadOnlySpan<byte> bytes)
    {
        for (int position = 0; position < bytes.Length;)
        {
            ReadOnlySpan<byte> rest = bytes[position..];
            int length = rest.IndexOf((byte)'\n');
            ReadOnlySpan<byte> line = length < 0 ? rest : rest[..length];
            _lineHasContent |= line.ContainsAnyExcept((byte)' ', (byte)'\t', (byte)'\r');
            Scan(line);
            if (length >= 0 && Stops(EndLine()))
            {
                return new DecodedPiece(ResponseProgress.Complete, position);
            }

            position += line.Length + 1;
        }

        return default;
    }

    public override DecodedPiece Complete()
    {
        EndLine();
        return default;
    }

    private DocumentEffects EndLine()
    {
        DocumentEffects effects = DocumentEffects.None;
        if (Scanner.IsComplete)
        {
            effects = HandleDocument();
        }
        else if (_lineHasContent)
        {
            Handler.AddIssues(DecodingIssues.UndecodableDocument);
        }

        _lineHasContent = false;
        Scanner.Reset();
        return effects;
    }
}
