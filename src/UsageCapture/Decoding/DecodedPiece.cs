namespace UsageCapture.Decoding;

/// <summary>What a decoder found in one piece of a body. The default value says that decoding goes on.</summary>
/// <param name="StopsAt">
/// Offset in the piece at which the document begins that completes the response; zero when it began in an earlier piece; null while
/// decoding goes on. For a compressed body it is the offset in the plain bytes of the piece.
/// </param>
/// <param name="EndsAt">
/// Offset in the piece at which the response said that it is complete, while the handler waits for usage that may follow: where the event
/// begins, or zero when it was said in an earlier piece. Null before, and for bodies that are not server-sent events.
/// </param>
/// <param name="Events">The ends of the events that come after the last finish reason, which may report nothing but usage. Null when there are none, or the decoder does not track events.</param>
internal readonly record struct DecodedPiece(int? StopsAt, int? EndsAt = null, EventEnd[]? Events = null);
