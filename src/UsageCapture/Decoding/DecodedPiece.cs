namespace UsageCapture.Decoding;

/// <summary>The result of decoding one piece of a body. The default value means that the response goes on.</summary>
/// <remarks>It has 16 bytes, so that it is returned in registers. Each read of a caller makes one.</remarks>
/// <param name="Progress">How far the response has come.</param>
/// <param name="EndOffset">
/// The offset in the piece at which the document or event begins that sets the progress; zero when it began in an earlier piece. For a
/// compressed body it is the offset in the plain bytes of the piece. Without meaning while the response goes on.
/// </param>
/// <param name="Events">
/// The ends of the events that come after the last finish reason, which may report nothing but usage. Null when there are none, or when the
/// decoder does not track events.
/// </param>
internal readonly record struct DecodedPiece(ResponseProgress Progress, int EndOffset, EventEnd[]? Events = null);
