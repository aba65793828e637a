namespace UsageCapture.Decoding;

/// <summary>The kind of content that a <see cref="VariableRange"/> holds.</summary>
internal enum VariableRangeKind
{
    /// <summary>No range, but the end of the event. It follows the last range, so that there is an entry after each fixed segment.</summary>
    EndOfEvent,

    /// <summary>The text of a JSON string, without its quotes.</summary>
    String,

    /// <summary>A JSON number.</summary>
    Number,

    /// <summary>Spaces before the closing bracket of the document. Some servers pad their events with a varying number of them.</summary>
    Padding,
}
