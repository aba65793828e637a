namespace UsageCapture.Decoding;

/// <summary>The kind of content that a <see cref="VariableRange"/> holds.</summary>
internal enum VariableRangeKind
{
    /// <summary>No range: the event ends here. <see cref="EventTemplate"/> uses it for the bytes after the last range.</summary>
    None,

    /// <summary>The text of a JSON string, without its quotes.</summary>
    String,

    /// <summary>A JSON number.</summary>
    Number,

    /// <summary>Spaces before the closing bracket of the document. Some servers pad their events with a varying number of them.</summary>
    Padding,
}
