namespace UsageCapture.Exchanges;

/// <summary>Limits for draining: reading the rest of a response in the background, after its caller has left it, to find its usage.</summary>
/// <param name="Timeout">The longest time to read one response; zero turns draining off.</param>
/// <param name="MaxBytes">The most bytes to read of one response.</param>
/// <param name="IncludeUnfinished">
/// Whether to drain a response whose choices have not all finished, so that the server continues to generate.
/// </param>
internal readonly record struct DrainLimits(TimeSpan Timeout, int MaxBytes, bool IncludeUnfinished);
