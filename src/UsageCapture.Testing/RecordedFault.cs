namespace UsageCapture.Testing;

/// <summary>A failure of a recorded exchange: what happens, and after how many bytes of the body.</summary>
public sealed record RecordedFault
{
    /// <summary>Gets the kind of failure.</summary>
    public required FaultKind Kind { get; init; }

    /// <summary>Gets the number of body bytes that the caller can read before the failure.</summary>
    /// <value>
    /// From 0 to the length of the body. Write 0 for <see cref="FaultKind.Unanswered"/> and <see cref="FaultKind.Unreachable"/>, which have no
    /// body.
    /// </value>
    public required int AfterBytes { get; init; }
}
