namespace UsageCapture.Testing;

/// <summary>What goes wrong with a recorded response on its way.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="After">After how many bytes of the body it happens; zero where no response comes.</param>
public sealed record RecordedFault(FaultKind Kind, int After);
