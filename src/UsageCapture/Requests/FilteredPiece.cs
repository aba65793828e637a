namespace UsageCapture.Requests;

/// <summary>What <see cref="InjectedEventFilter"/> delivers for one piece of a response body (the bytes of one read).</summary>
/// <param name="UnchangedLength">
/// The number of bytes at the front of the piece that are delivered unchanged. They stay in the caller's buffer and need no copy.
/// </param>
/// <param name="Rest">
/// The bytes to deliver after the unchanged bytes: other bytes of the piece, and bytes that were held back from earlier pieces. A copy,
/// valid until the filter is used again. When the piece completes the response, the tee delivers them after the record was published.
/// </param>
internal readonly record struct FilteredPiece(int UnchangedLength, ReadOnlyMemory<byte> Rest);
