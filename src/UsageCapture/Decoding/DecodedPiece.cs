namespace UsageCapture.Decoding;

/// <summary>The result of decoding one piece of a body. The default value means that the response goes on.</summary>
/// <remarks>Each read of a caller makes one. It has only 16 bytes, so that most platforms return it in registers.</remarks>
/// <param name="Progress">How far the response has come.</param>
/// <param name="EndOffset">
/// How many bytes of the piece come before the end of the response. The caller may have them before the record is published. The end is the
/// document that sets the progress, and in a JSON body only the last bracket. Zero when it began in an earlier piece. For a compressed
/// body the plain bytes are counted. Without meaning while the response goes on.
/// </param>
/// <param name="Events">
/// The ends of the events from the last finish reason on. Each of these events may be one that reports only usage, which the caller did not
/// ask for. Null when there are none, or when the decoder does not track events.
/// </param>
internal readonly record struct DecodedPiece(ResponseProgress Progress, int EndOffset, EventEnd[]? Events = null);
