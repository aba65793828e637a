namespace UsageCapture.Decoding;

/// <summary>How far the comparison of an event with an <see cref="EventTemplate"/> got when the bytes ran out.</summary>
/// <param name="Stretch">The stretch that is being compared, or the hole behind it passed.</param>
/// <param name="Offset">How many bytes of the stretch have been compared.</param>
/// <param name="IsInHole">Whether the stretch is done, and the hole behind it is not.</param>
/// <param name="IsAfterBackslash">Whether the last byte passed in a string was a backslash that takes the next one's meaning.</param>
internal readonly record struct TemplatePosition(int Stretch, int Offset, bool IsInHole, bool IsAfterBackslash)
{
    /// <summary>Gets whether the comparison is under way.</summary>
    public bool IsUnderWay => Stretch > 0 || Offset > 0;
}
