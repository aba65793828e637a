namespace UsageCapture.Decoding;

/// <summary>A body of AWS event stream messages, each with a JSON object as its payload, as Amazon Bedrock streams it.</summary>
/// <remarks>
/// A message counts when its checksum is right. A damaged one is skipped. Of an exception or an error only the headers count, which name
/// it: the payload is free text.
/// </remarks>
internal sealed class EventStreamFraming(IDocumentHandler handler) : BodyFraming(handler)
{
    private readonly EventStreamDecoder _decoder = new();
    private bool _hasPayload;

    public override bool IsStream => true;

    public override DecodedPiece Append(ReadOnlySpan<byte> bytes)
    {
        int payloadStart = 0;
        ReadOnlySpan<byte> rest = bytes;
        while (_decoder.TryRead(ref rest, out EventStreamElement element, out ReadOnlySpan<byte> payload))
        {
            if (element == EventStreamElement.Payload)
            {
                payloadStart = _hasPayload ? payloadStart : bytes.Length - rest.Length - payload.Length;
                _hasPayload = true;
                Scan(payload);
            }
            else if (Stops(EndMessage(isIntact: element == EventStreamElement.EndOfMessage)))
            {
                return new DecodedPiece(ResponseProgress.Complete, payloadStart);
            }
        }

        if (_decoder.IsBroken)
        {
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
