namespace UsageCapture.Decoding;

/// <summary>A body of one JSON object a line, as Ollama streams it. Blank lines are passed over; the last line may lack its end.</summary>
internal sealed class JsonLinesFraming(DocumentReader reader) : BodyFraming(reader)
{
    private bool _isInLine;

    public override bool IsStream => true;

    public override int Append(ReadOnlySpan<byte> bytes)
    {
        int end = bytes.Length;
        while (!bytes.IsEmpty)
        {
            int length = bytes.IndexOf((byte)'\n');
            ReadOnlySpan<byte> line = length < 0 ? bytes : bytes[..length];
            bytes = bytes[Math.Min(line.Length + 1, bytes.Length)..];
            _isInLine |= line.ContainsAnyExcept((byte)' ', (byte)'\t', (byte)'\r');
            Scan(line);
            if (length >= 0)
            {
                EndLine();
            }
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
