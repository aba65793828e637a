namespace UsageCapture.Decoding;

/// <summary>What a document means for the decoder: the handler tells it after each document, error and end.</summary>
[Flags]
internal enum DocumentEffects
{
    /// <summary>The document repeated what was known. Events with equal content may be skipped, see <see cref="RepeatedEventSkipper"/>.</summary>
    None = 0,

    /// <summary>
    /// The document changed what the handler knows. Equal content may mean something else after it, so the decoder forgets which events it
    /// may skip.
    /// </summary>
    NewInformation = 1 << 0,

    /// <summary>The response has said that it is complete, in this document or before. Decoding goes on, because usage may follow.</summary>
    Ended = 1 << 1,

    /// <summary>The handler has everything. The decoder ignores all later bytes.</summary>
    Stop = 1 << 2,

    /// <summary>
    /// Every choice that began has its finish reason. A choice is one of the alternative answers of a response. The decoder reports the
    /// ends of the events from here on, see <see cref="EventEndTracker"/>.
    /// </summary>
    EveryChoiceFinished = 1 << 3,

    /// <summary>The document reports only usage. The event with it may be removed if the caller did not ask for usage.</summary>
    UsageOnly = 1 << 4,
}
