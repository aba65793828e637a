using UsageCapture.Decoding;

namespace UsageCapture.Exchanges;

/// <summary>The recorder's decision for one piece of the body (the bytes of one read): which of its bytes the caller may receive now.</summary>
/// <remarks><see cref="ExchangeRecorder"/> decides. The tee streams in the folder Responses apply the decision.</remarks>
/// <param name="ReleasableLength">
/// The number of bytes that the caller may receive at once. The bytes after them complete the response, so the caller receives them only
/// when <paramref name="Publishing"/> has completed. Zero when all bytes wait; the length of the piece when none do.
/// </param>
/// <param name="Events">
/// Where events of the piece end, for the filter that removes the usage event which the caller did not request; null when there are none.
/// </param>
/// <param name="HasEnded">Whether the exchange has ended, in this piece or earlier. Later bytes are not examined.</param>
/// <param name="Publishing">Completes when the sinks have the record. It is completed already when the exchange did not end in this piece.</param>
/// <param name="AwaitsUsage">
/// Whether the response has said that it is complete, but its usage may follow. The bytes after <paramref name="ReleasableLength"/> are held
/// back for a short time. When no usage comes in it, the tee calls <see cref="ExchangeRecorder.EndWithoutUsage"/>.
/// </param>
internal readonly record struct ReleaseDecision(int ReleasableLength, EventEnd[]? Events, bool HasEnded, Task Publishing, bool AwaitsUsage = false);
