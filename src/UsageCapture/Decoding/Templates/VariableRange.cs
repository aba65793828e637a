namespace UsageCapture.Decoding;

/// <summary>A part of an event whose content is not read. Two events that differ only in such parts mean the same.</summary>
/// <param name="Kind">The kind of the content.</param>
/// <param name="Start">The offset of its first byte in the event.</param>
/// <param name="Length">Its length in bytes; zero for an empty string or no padding.</param>
internal readonly record struct VariableRange(VariableRangeKind Kind, int Start, int Length);
