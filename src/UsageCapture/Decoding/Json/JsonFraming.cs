namespace UsageCapture.Decoding;

/// <summary>A body that is JSON: one object, several one after another as Ollama streams them, or an array of them as Gemini does.</summary>
/// <remarks>What stands between objects, white space and an array's commas, is passed over; an array's closing bracket may be missing.</remarks>
internal sealed class JsonFraming(IDocumentHandler reader) : BodyFraming(reader)
{
    private bool _isArray;
    private bool _isInDocument;
    private bool _isBroken;
    private int _documents;

    public override bool IsStream => _isArray || (Reader.EndsItself && _documents + (_isInDocument ? 1 : 0) > 1);

    public override int Append(ReadOnlySpan<byte> bytes)
    {
        int end = bytes.Length;
        int position = 0;
        while (position < bytes.Length && !_isBroken)
        {
            if (!_isInDocument)
            {
                position = PassBetween(bytes, position, ref end);
                continue;
            }

            position += Scanner.Scan(bytes[position..]);
            if (Scanner.IsComplete)
            {
                _isInDocument = false;
                _documents++;
                bool hadEnded = Reader.HasEnded;
                ReadDocument();
                if (!_isArray && !Reader.EndsItself)
                {
                    Reader.End();
                }

                // Without its last bracket the document is not at its end.
                end = Reader.HasEnded && !hadEnded ? position - 1 : end;
            }
        }

        return end;
    }

    public override void Complete()
    {
        if (_isInDocument || _isBroken || _documents == 0)
        {
            Reader.Flag(UsageAnomalies.UndecodableEvent);
        }
    }

    private int PassBetween(ReadOnlySpan<byte> bytes, int position, ref int end)
    {
        switch (bytes[position])
        {
            case (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n':
            case (byte)',' when _isArray:
                return position + 1;
            case (byte)'[' when _documents == 0 && !_isArray:
                _isArray = true;
                return position + 1;
            case (byte)']' when _isArray:
                end = Reader.HasEnded ? end : position;
                Reader.End();
                return position + 1;
            case (byte)'{':
                Scanner.Reset();
                _isInDocument = true;
                return position;
            default:
                _isBroken = true;
                return position;
        }
    }
}
