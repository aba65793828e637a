namespace UsageCapture.Decoding;

/// <summary>What <see cref="SseDecoder.TryRead"/> came upon.</summary>
internal enum SseToken
{
    /// <summary>A piece of a data line's value; a long line comes in several.</summary>
    Data,

    /// <summary>The end of a data line.</summary>
    EndOfDataLine,

    /// <summary>A blank line: the event made of the data lines before it is complete.</summary>
    EndOfEvent,
}
