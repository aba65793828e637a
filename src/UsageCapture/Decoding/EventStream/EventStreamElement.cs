namespace UsageCapture.Decoding;

/// <summary>The part of a message in an AWS event stream that <see cref="EventStreamDecoder.TryRead"/> has read.</summary>
internal enum EventStreamElement
{
    /// <summary>A piece of a message's payload. A long payload comes in several pieces, an empty payload in none.</summary>
    Payload,

    /// <summary>The end of a message whose checksum is correct.</summary>
    EndOfMessage,

    /// <summary>The end of a message whose checksum is wrong. The caller must discard the message's headers and the payload that it has received.</summary>
    EndOfDamagedMessage,
}
