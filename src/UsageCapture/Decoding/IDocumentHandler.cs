namespace UsageCapture.Decoding;

/// <summary>Makes sense of the JSON documents that a body consists of: one, or one an event.</summary>
internal interface IDocumentHandler
{
    /// <summary>Gets the parts of a document that the reader wants to see.</summary>
    JsonShape Shape { get; }

    /// <summary>Gets the data that ends a stream without being a document; empty when the protocol has none.</summary>
    ReadOnlySpan<byte> Terminator { get; }

    /// <summary>Gets whether the documents say themselves which of them is the last, so that there may be another behind any of them.</summary>
    bool EndsItself => false;

    /// <summary>Gets whether a body may hold no documents at all; only what claims to be events is taken for events then.</summary>
    bool MayHaveNoDocuments => false;

    /// <summary>Gets whether the protocol said that the response is done: by its terminator, in a document, or by closing its only one.</summary>
    bool HasEnded { get; }

    /// <summary>Gets whether every answer that began, of those that are generated side by side, has finished, and at least one did.</summary>
    bool EveryChoiceFinished => false;

    /// <summary>Takes one whole document.</summary>
    /// <returns>
    /// Whether it said anything new. When it did not, documents that want the same may be passed over unread until one does.
    /// </returns>
    bool Read(JsonCaptures document);

    /// <summary>Notes that the protocol said it was done. More may come all the same.</summary>
    void End();

    /// <summary>Takes an error that the framing itself reports, outside any document.</summary>
    void TakeError(UsageError error)
    {
    }

    /// <summary>Notes something odd.</summary>
    void Flag(UsageAnomalies anomalies);
}
