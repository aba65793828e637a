namespace UsageCapture.Decoding;

/// <summary>The place in an <see cref="EventTemplate"/> at which a comparison stopped because the bytes ran out.</summary>
/// <remarks>The default value is the start of the event.</remarks>
/// <param name="SegmentIndex">The index of the fixed segment: the bytes between two variable ranges, which are equal in all events.</param>
/// <param name="Offset">How many bytes of the segment have matched.</param>
/// <param name="IsInRange">
/// Whether the segment has matched completely and at least one byte of the variable range after it has come. If not, the first byte of a
/// number must still be checked.
/// </param>
/// <param name="IsAfterBackslash">Whether the last byte in a string was a backslash that escapes the next byte.</param>
internal readonly record struct TemplatePosition(int SegmentIndex, int Offset, bool IsInRange, bool IsAfterBackslash)
{
    /// <summary>Gets whether a part of the event has matched.</summary>
    /// <remarks>The first segment is never empty, because an event begins with the name of a field.</remarks>
    public bool IsInEvent => SegmentIndex > 0 || Offset > 0;
}
