using Microsoft.Extensions.Logging;

using UsageCapture.Delivery;

namespace UsageCapture.Exchanges;

/// <summary>What all exchanges of one handler work with.</summary>
/// <param name="Publisher">Where records go.</param>
/// <param name="Unattended">Where endings go that no caller waits for.</param>
/// <param name="Drain">How far a response is read whose caller has left.</param>
/// <param name="HidesInjectedUsage">Whether the event that only the handler asked for is kept from the caller.</param>
/// <param name="TimeProvider">The clock.</param>
/// <param name="Logger">Where failures are reported.</param>
internal sealed record ExchangeContext(
    UsagePublisher Publisher,
    BackgroundCompletions Unattended,
    DrainLimits Drain,
    bool HidesInjectedUsage,
    TimeProvider TimeProvider,
    ILogger Logger);
