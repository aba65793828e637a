namespace UsageCapture.Decoding;

/// <summary>What may stand in an <see cref="VariableRange"/>.</summary>
internal enum VariableRangeKind
{
    /// <summary>Nothing: the event ends here.</summary>
    None,

    /// <summary>The inside of a string, up to its closing quote.</summary>
    String,

    /// <summary>A number.</summary>
    Number,

    /// <summary>Spaces before the last bracket, with which some servers pad their events.</summary>
    Padding,
}
