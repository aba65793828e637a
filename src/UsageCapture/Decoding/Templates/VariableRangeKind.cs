namespace UsageCapture.Decoding;

/// <summary>
/// What a <see cref="VariableRange"/> contains. The content may have another length in the next event, so the kind decides where the range
/// ends there. See <see cref="VariableRangeSkipper"/>.
/// </summary>
internal enum VariableRangeKind
{
    /// <summary>
    /// No content: the end of the event. <see cref="EventTemplate"/> adds it after the last range, so that its list has an entry after each
    /// fixed segment.
    /// </summary>
    EndOfEvent,

    /// <summary>The characters of a JSON string, such as the generated text. It ends before the closing quote.</summary>
    StringContent,

    /// <summary>A JSON number, such as a counter. It ends before the first byte that cannot be part of a number.</summary>
    Number,

    /// <summary>
    /// Spaces before the closing bracket of the JSON document, because some servers pad their events with a varying number of them. It ends
    /// before the first byte that is not a space.
    /// </summary>
    Padding,
}
