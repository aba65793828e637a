namespace UsageCapture.Decoding;

/// <summary>The kind of content that a <see cref="VariableRange"/> holds.</summary>
internal enum VariableRangeKind
{
    /// <summary>The end of the event, where a list of ranges needs an entry after the last one.</summary>
    None,

    /// <summary>The text of a JSON string, without its quotes.</summary>
    String,

    /// <summary>A JSON number.</summary>
    Number,

    /// <summary>Spaces before the closing bracket of the document. Some servers pad their events with them.</summary>
    Padding,
}
