namespace UsageCapture.Decoding;

/// <summary>A body of AWS event stream messages, each with a JSON object as its payload, as Amazon Bedrock streams it.</summary>
/// <remarks>
/// A message with a wrong checksum is skipped. For an exception or an error only the headers are read, because they have its name. Its
/// payload is free text.
/// </remarks>
internal sealed class EventStreamFraming(IDocumentHandler handler) : BodyFraming(handler)
{
    private readonly EventStreamDecoder _decoder = new();

    // Whether the current message has payload bytes so far.
    private bool _hasPayload;

    public override bool IsStream => true;

    public override DecodedPiece Append(ReadOnlySpan<byte> bytes)
    {
        // Where the payload read last begins in the piece; zero when it began in an earlier piece. An error without a payload keeps the
        // offset of the message before: the caller then has fewer bytes at once than possible, but none too many.
        int payloadStart = 0;
        ReadOnlySpan<byte> rest = bytes;
        while (_decoder.TryRead(ref rest, out EventStreamElement element, out ReadOnlySpan<byte> payload))
        {
            if (element == EventStreamElement.Payload)
            {
                payloadStart = _hasPayload ? payloadStart : bytes.Length - rest.Length - payload.Length;
                _hasPayload = true;
                Scan(payload); // It is handled only when the checksum at the end of the message is right.
            }
            else if (MustStop(EndMessage(isIntact: element == EventStreamElement.EndOfMessage)))
            {
                return new DecodedPiece(ResponseProgress.Complete, payloadStart);
            }
        }

        if (_decoder.IsBroken)
        {
            // The issue is a flag, so a second report for the next piece changes nothing.
            Handler.AddIssues(DecodingIssues.UndecodableDocument);
        }

        return default;
    }

    public override DecodedPiece Complete()
    {
        if (_decoder.HasOpenMessage)
        {
            Handler.AddIssues(DecodingIssues.UndecodableDocument);
        }

        return default;
    }

    /// <summary>Handles a message at its end. An intact message without payload has nothing to handle.</summary>
    /// <param name="isIntact">Whether the checksum of the message is right.</param>
    private DocumentEffects EndMessage(bool isIntact)
    {
        DocumentEffects effects = DocumentEffects.None;
        EventStreamHeaders headers = _decoder.Headers;
        if (isIntact && headers.MessageType.SequenceEqual("exception"u8))
        {
            effects = Handler.HandleError(type: headers.ExceptionType, code: default);
        }
        else if (isIntact && headers.MessageType.SequenceEqual("error"u8))
        {
            effects = Handler.HandleError(type: default, code: headers.ErrorCode);
        }
        else if (isIntact && Scanner.IsComplete)
        {
            effects = HandleDocument();
        }
        else if (_hasPayload || !isIntact)
        {
            Handler.AddIssues(DecodingIssues.UndecodableDocument);
        }

        _hasPayload = false;
        Scanner.Reset();
        return effects;
    }
}
