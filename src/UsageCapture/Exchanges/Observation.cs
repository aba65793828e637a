using UsageCapture.Decoding;

namespace UsageCapture.Exchanges;

/// <summary>What one piece of the body meant for the caller's side of it.</summary>
/// <param name="BeforeEnd">
/// The number of bytes that the caller may have at once. The bytes behind them complete the response and wait for
/// <paramref name="Publishing"/>. Zero when all of them wait.
/// </param>
/// <param name="Events">The ends of events that the filter for the injected event decides on; null when there are none.</param>
/// <param name="HasEnded">Whether the exchange has ended in this piece or before. Nothing behind its end is looked at.</param>
/// <param name="Publishing">Completes when the inline sinks have the record. It is complete when the exchange has not ended here.</param>
internal readonly record struct Observation(int BeforeEnd, EventEnd[]? Events, bool HasEnded, Task Publishing);
