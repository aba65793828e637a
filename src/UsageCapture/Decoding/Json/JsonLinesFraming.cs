namespace UsageCapture.Decoding;

/// <summary>A body of one JSON object a line, as Ollama streams it. Blank lines are passed over; the last line may lack its end.</summary>
internal sealed class JsonLinesFraming(IDocumentHandler reader) : BodyFraming(reader)
{
    private bool _isInLine;

    public override bool IsStream => true;

    public override int Append(ReadOnlySpan<byte> bytes)
    {
        int end = bytes.Length;
        for (int position = 0; position < bytes.Length;)
        {
            ReadOnlySpan<byte> rest = bytes[position..];
            int length = rest.IndexOf((byte)'\n');
            ReadOnlySpan<byte> line = length < 0 ? rest : rest[..length];
            _isInLine |= line.ContainsAnyExcept((byte)' ', (byte)'\t', (byte)'\r');
            Scan(line);
            if (length >= 0)
            {
                bool hadEnded = Reader.HasEnded;
                EndLine();
                end = Reader.HasEnded && !hadEnded ? position : end;
            }

            position += line.Length + 1;
        }

        return end;
    }

    public override void Complete() => EndLine();

    private void EndLine()
    {
        if (Scanner.IsComplete)
        {
            ReadDocument();
        }
        else if (_isInLine)
        {
            Reader.Flag(UsageAnomalies.UndecodableEvent);
        }

        _isInLine = false;
        Scanner.Reset();
    }
}
