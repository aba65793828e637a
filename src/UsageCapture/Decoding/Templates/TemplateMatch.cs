namespace UsageCapture.Decoding;

/// <summary>The result of comparing bytes with an <see cref="EventTemplate"/>, or with one variable range in it.</summary>
internal enum TemplateMatch
{
    /// <summary>The bytes do not match.</summary>
    Different,

    /// <summary>All bytes match, but they end before the event or range does.</summary>
    Incomplete,

    /// <summary>The bytes match up to the end of the event or range.</summary>
    Complete,
}
