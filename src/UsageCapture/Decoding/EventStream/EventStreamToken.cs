namespace UsageCapture.Decoding;

/// <summary>What <see cref="EventStreamDecoder.TryRead"/> came upon.</summary>
internal enum EventStreamToken
{
    /// <summary>A piece of a message's payload; a long payload comes in several, an empty one in none.</summary>
    Payload,

    /// <summary>The end of a message that arrived as it was sent.</summary>
    EndOfMessage,

    /// <summary>The end of a message whose checksum is wrong: nothing that was gathered of it can be trusted.</summary>
    EndOfDamagedMessage,
}
