namespace UsageCapture.Requests;

/// <summary>What is left of a piece after the filter.</summary>
/// <param name="Unchanged">The number of bytes at the front of the piece that the caller may have at once, as they are.</param>
/// <param name="Rest">The bytes that follow them. Valid until the filter is used again.</param>
internal readonly record struct FilteredPiece(int Unchanged, ReadOnlyMemory<byte> Rest);
