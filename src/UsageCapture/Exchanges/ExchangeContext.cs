using Microsoft.Extensions.Logging;

using UsageCapture.Delivery;

namespace UsageCapture.Exchanges;

/// <summary>The services and settings that all exchanges of one handler share.</summary>
/// <param name="Publisher">Writes records to the sinks.</param>
/// <param name="BackgroundWork">Tracks the work that continues after a caller has left its response.</param>
/// <param name="DrainLimits">Limits for reading the rest of a response after its caller has left it.</param>
/// <param name="HidesInjectedUsage">Whether the usage event is removed from the response when only the handler asked the server for it.</param>
/// <param name="TimeProvider">The clock.</param>
/// <param name="Logger">Receives the failures of the handler and of sinks.</param>
internal sealed record ExchangeContext(
    UsagePublisher Publisher,
    BackgroundWork BackgroundWork,
    DrainLimits DrainLimits,
    bool HidesInjectedUsage,
    TimeProvider TimeProvider,
    ILogger Logger);
