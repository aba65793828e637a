namespace UsageCapture.Decoding;

/// <summary>What <see cref="SseDecoder.TryRead"/> has read.</summary>
internal enum SseToken
{
    /// <summary>A piece of a data line's value. A long line comes in several pieces.</summary>
    Data,

    /// <summary>The end of a data line.</summary>
    EndOfDataLine,

    /// <summary>A blank line that completes an event: the data lines before it are the event's data.</summary>
    EndOfEvent,

    /// <summary>A blank line without data before it: after comments, other fields, or another blank line. No event is dispatched.</summary>
    EndOfEmptyEvent,
}
