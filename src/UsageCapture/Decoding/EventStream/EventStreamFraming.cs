using System.Text;

namespace UsageCapture.Decoding;

/// <summary>A body of AWS event stream messages, each with a JSON object for its payload, as Amazon Bedrock streams it.</summary>
/// <remarks>
/// A message counts once its checksum is right; one that is damaged is passed over. Of an exception or an error only the headers
/// count, which name it: the payload is free text.
/// </remarks>
internal sealed class EventStreamFraming(IDocumentHandler reader) : BodyFraming(reader)
{
    private readonly EventStreamDecoder _decoder = new();
    private bool _hasPayload;

    public override bool IsStream => true;

    public override int Append(ReadOnlySpan<byte> bytes)
    {
        int end = bytes.Length;
        int payloadStart = 0;
        ReadOnlySpan<byte> rest = bytes;
        while (_decoder.TryRead(ref rest, out EventStreamToken token, out ReadOnlySpan<byte> payload))
        {
            if (token == EventStreamToken.Payload)
            {
                _hasPayload = true;
                payloadStart = bytes.Length - rest.Length - payload.Length;
                Scan(payload);
            }
            else
            {
                bool hadEnded = Reader.HasEnded;
                EndMessage(isWhole: token == EventStreamToken.EndOfMessage);
                end = Reader.HasEnded && !hadEnded ? payloadStart : end;
            }
        }

        if (_decoder.IsBroken)
        {
            Reader.Flag(UsageAnomalies.UndecodableEvent);
        }

        return end;
    }

    public override void Complete()
    {
        if (_decoder.HasOpenMessage)
        {
            Reader.Flag(UsageAnomalies.UndecodableEvent);
        }
    }

    private void EndMessage(bool isWhole)
    {
        if (isWhole && ErrorOf(_decoder.Headers) is { } error)
        {
            Reader.TakeError(error);
        }
        else if (isWhole && Scanner.IsComplete)
        {
            ReadDocument();
        }
        else if (_hasPayload || !isWhole)
        {
            Reader.Flag(UsageAnomalies.UndecodableEvent);
        }

        _hasPayload = false;
        Scanner.Reset();
    }

    private static UsageError? ErrorOf(EventStreamHeaders headers) =>
        headers.MessageType.SequenceEqual("exception"u8) ? new UsageError { Type = TextOf(headers.ExceptionType) }
        : headers.MessageType.SequenceEqual("error"u8) ? new UsageError { Code = TextOf(headers.ErrorCode) }
        : null;

    private static string? TextOf(ReadOnlySpan<byte> value) => value.IsEmpty ? null : Encoding.UTF8.GetString(value);
}
