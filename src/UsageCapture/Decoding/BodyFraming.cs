namespace UsageCapture.Decoding;

/// <summary>One way in which a body holds JSON documents; finds them and gives them to the reader.</summary>
internal abstract class BodyFraming
{
    private readonly JsonCaptures _captures = new();

    protected BodyFraming(IDocumentHandler reader, VariableRangeList? holes = null)
    {
        Reader = reader;
        Scanner = new JsonScanner(reader.Shape, _captures, holes);
    }

    /// <summary>Gets whether the body is a stream of documents rather than one.</summary>
    public abstract bool IsStream { get; }

    /// <summary>Gets where in the latest piece every choice had finished: zero when they had before it; null when some have not.</summary>
    public int? FinishedAt { get; protected set; }

    protected IDocumentHandler Reader { get; }

    protected JsonScanner Scanner { get; }

    /// <summary>Takes the next piece of the body.</summary>
    /// <returns>Where in the piece the protocol's end begins; the length of the piece when it does not.</returns>
    public abstract int Append(ReadOnlySpan<byte> bytes);

    /// <summary>Takes the end of the body.</summary>
    public abstract void Complete();

    /// <summary>Gives the reader the document under way as far as it has come.</summary>
    public void ReadUnderWay() => Reader.Read(_captures);

    /// <summary>Gives borrowed memory back; nothing is asked of the framing afterwards.</summary>
    public virtual void Release() => _captures.Release();

    /// <summary>Gives a piece of a document to the scanner, with what may stand behind the document's end.</summary>
    protected void Scan(ReadOnlySpan<byte> bytes, int origin = 0)
    {
        while (!bytes.IsEmpty)
        {
            int taken = Scanner.Scan(bytes, origin);
            bytes = bytes[taken..];
            origin += taken;
        }
    }

    /// <summary>Gives the document that the scanner has completed to the reader.</summary>
    /// <returns>Whether it said anything new.</returns>
    protected bool ReadDocument()
    {
        if (_captures.IsOverfull)
        {
            Reader.Flag(UsageAnomalies.OversizedEvent);
        }

        return Reader.Read(_captures);
    }
}
