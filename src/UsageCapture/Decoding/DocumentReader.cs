namespace UsageCapture.Decoding;

/// <summary>Makes sense of the JSON documents that a body consists of: one, or one an event.</summary>
internal abstract class DocumentReader
{
    private UsageAnomalies _anomalies;

    /// <summary>Gets the parts of a document that the reader wants to see.</summary>
    public abstract JsonShape Shape { get; }

    /// <summary>Gets the data that ends a stream without being a document; empty when the protocol has none.</summary>
    public abstract ReadOnlySpan<byte> Terminator { get; }

    /// <summary>Gets whether the protocol said that the response is done: by its terminator, or by closing its only document.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Gets what was odd so far.</summary>
    public virtual UsageAnomalies Anomalies => _anomalies;

    /// <summary>Takes one whole document.</summary>
    /// <returns>
    /// Whether it said anything new. When it did not, documents that want the same may be passed over unread until one does.
    /// </returns>
    public abstract bool Read(JsonCaptures document);

    /// <summary>Gives borrowed memory back; nothing is asked of the reader afterwards.</summary>
    public virtual void Release()
    {
    }

    /// <summary>Notes that the protocol said it was done. More may come all the same.</summary>
    public void End() => HasEnded = true;

    /// <summary>Notes something odd.</summary>
    public void Flag(UsageAnomalies anomaly) => _anomalies |= anomaly;
}
