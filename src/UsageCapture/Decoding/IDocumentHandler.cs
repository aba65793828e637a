namespace UsageCapture.Decoding;

/// <summary>Receives what a decoder finds in one body.</summary>
/// <remarks>
/// The decoder calls <see cref="HandleDocument"/> for each JSON document, in order, and <see cref="HandleEnd"/> where the format of the body
/// marks the end: at a terminator, or at the end of a JSON body or array. It may call <see cref="HandleError"/> and <see cref="AddIssues"/>
/// at any time. Each returned value tells the decoder how to go on. After <see cref="DocumentEffects.Stop"/> there are no more calls. The
/// calls come from one thread at a time.
/// </remarks>
internal interface IDocumentHandler
{
    /// <summary>Gets the parts of a document that the handler reads.</summary>
    JsonShape Shape { get; }

    /// <summary>Gets the text that marks the end of a stream of events, such as <c>[DONE]</c>. At most 8 bytes; empty when there is none.</summary>
    ReadOnlySpan<byte> Terminator { get; }

    /// <summary>
    /// Gets whether the last document says that it is the last one. If not, a body that is a single JSON object is complete when that object
    /// ends.
    /// </summary>
    bool HasInBandEndMarker { get; }

    /// <summary>Gets whether a response may be something else than JSON, such as audio.</summary>
    bool AllowsNonJsonBody { get; }

    /// <summary>Handles one document. It is whole, except in a call of <see cref="BodyDecoder.HandlePartialDocument"/>.</summary>
    /// <param name="document">The parts of the document, valid until the call returns.</param>
    /// <returns>What the document means for the decoder.</returns>
    DocumentEffects HandleDocument(JsonCaptures document);

    /// <summary>Handles the end that the format of the body marks. A second call for the same body has no further effect.</summary>
    /// <returns>What the end means for the decoder.</returns>
    DocumentEffects HandleEnd();

    /// <summary>Handles an error that the framing reports outside any document.</summary>
    /// <param name="type">The name of an exception; empty when it has none.</param>
    /// <param name="code">The code of an error; empty when it has none.</param>
    /// <returns>What the error means for the decoder.</returns>
    DocumentEffects HandleError(ReadOnlySpan<byte> type, ReadOnlySpan<byte> code);

    /// <summary>Records what could not be read.</summary>
    void AddIssues(DecodingIssues issues);
}
