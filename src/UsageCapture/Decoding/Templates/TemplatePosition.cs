namespace UsageCapture.Decoding;

/// <summary>The place in an <see cref="EventTemplate"/> at which a comparison stopped because the bytes ran out.</summary>
/// <remarks>The default value is the start of the event.</remarks>
/// <param name="Segment">The index of the fixed segment.</param>
/// <param name="Offset">How many bytes of the segment have matched.</param>
/// <param name="IsInRange">Whether the segment has matched completely and the variable range after it has begun.</param>
/// <param name="IsAfterBackslash">Whether the last byte in a string was a backslash that escapes the next byte.</param>
internal readonly record struct TemplatePosition(int Segment, int Offset, bool IsInRange, bool IsAfterBackslash)
{
    /// <summary>Gets whether a part of the event has matched.</summary>
    public bool IsInEvent => Segment > 0 || Offset > 0;
}
