using Microsoft.Extensions.Logging;

using UsageCapture.Delivery;

namespace UsageCapture.Exchanges;

/// <summary>What all exchanges of one handler share.</summary>
/// <param name="Publisher">Hands records to the sinks.</param>
/// <param name="Background">Tracks the work that goes on after callers have left.</param>
/// <param name="Drain">How far a response is read after its caller has left.</param>
/// <param name="HidesInjectedUsage">Whether the event that a server sends only because the handler asked is removed from the response.</param>
/// <param name="TimeProvider">The clock.</param>
/// <param name="Logger">Receives failures.</param>
internal sealed record ExchangeContext(
    UsagePublisher Publisher,
    BackgroundCompletions Background,
    DrainLimits Drain,
    bool HidesInjectedUsage,
    TimeProvider TimeProvider,
    ILogger Logger);
