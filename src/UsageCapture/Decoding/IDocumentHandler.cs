namespace UsageCapture.Decoding;

/// <summary>Receives what a decoder finds in one body.</summary>
/// <remarks>
/// The decoder calls <see cref="HandleDocument"/> for each JSON document, in order, <see cref="HandleEnd"/> where the body ends the
/// protocol without a document, and <see cref="HandleError"/> and <see cref="AddIssues"/> in between. After a call that returns
/// <see cref="DocumentEffects.Stop"/> it makes no other. The calls come from one thread at a time.
/// </remarks>
internal interface IDocumentHandler
{
    /// <summary>Gets the parts of a document that the handler reads.</summary>
    JsonShape Shape { get; }

    /// <summary>Gets the data that ends a stream of events without being a document, such as <c>[DONE]</c>; empty when the protocol has none.</summary>
    ReadOnlySpan<byte> Terminator { get; }

    /// <summary>Gets whether a document of the protocol says itself that it is the last one. Otherwise a body of one JSON object ends with it.</summary>
    bool HasInBandEndMarker { get; }

    /// <summary>Gets whether a response may be something else than JSON, such as audio.</summary>
    bool AllowsNonJsonBody { get; }

    /// <summary>Handles one whole document.</summary>
    /// <param name="document">The parts of the document, valid until the call returns.</param>
    DocumentEffects HandleDocument(JsonCaptures document);

    /// <summary>Handles the end of the protocol: its terminator, the end of a JSON body, or of an array of documents.</summary>
    DocumentEffects HandleEnd();

    /// <summary>Handles an error that the framing reports outside any document.</summary>
    /// <param name="type">The name of an exception; empty when it has none.</param>
    /// <param name="code">The code of an error; empty when it has none.</param>
    DocumentEffects HandleError(ReadOnlySpan<byte> type, ReadOnlySpan<byte> code);

    /// <summary>Notes what could not be read.</summary>
    void AddIssues(DecodingIssues issues);
}
