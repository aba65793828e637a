namespace UsageCapture.Requests;

/// <summary>The bytes of a piece that remain after the filter.</summary>
/// <param name="UnchangedLength">The number of bytes at the front of the piece that are unchanged. The caller may receive them at once.</param>
/// <param name="Rest">The bytes that follow them. Valid until the filter is used again.</param>
internal readonly record struct FilteredPiece(int UnchangedLength, ReadOnlyMemory<byte> Rest);
