namespace UsageCapture.Decoding;

/// <summary>A place in an event whose content nobody wants, so that events which differ only there say the same.</summary>
/// <param name="Kind">What stands there.</param>
/// <param name="Start">Where it begins in the event.</param>
/// <param name="Length">How long it is.</param>
internal readonly record struct VariableRange(VariableRangeKind Kind, int Start, int Length);
