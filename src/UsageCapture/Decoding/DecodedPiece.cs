namespace UsageCapture.Decoding;

/// <summary>What a decoder found in one piece of a body. The default value says that decoding goes on.</summary>
/// <param name="StopsAt">
/// Offset in the piece at which the document begins that completes the response; zero when it began in an earlier piece, or when the body
/// is compressed; null while decoding goes on.
/// </param>
/// <param name="Events">The ends of the events around which every choice has finished. Null when there are none, or the decoder does not track events.</param>
/// <param name="PlainStop">Offset of that document in the plain bytes of the piece when the body is compressed; otherwise zero.</param>
internal readonly record struct DecodedPiece(int? StopsAt, EventEnd[]? Events = null, long PlainStop = 0);
