namespace UsageCapture.Decoding;

/// <summary>A part of an event that may vary between events of the same kind, because no reader uses its content.</summary>
/// <remarks>
/// Most often it is the generated text. Two events that differ only in such parts report the same, so the second one is skipped.
/// </remarks>
/// <param name="Kind">The kind of the content.</param>
/// <param name="Start">The offset of its first byte in the event.</param>
/// <param name="Length">Its length in bytes; zero for an empty string or no padding.</param>
internal readonly record struct VariableRange(VariableRangeKind Kind, int Start, int Length);
