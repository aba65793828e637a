namespace UsageCapture.Providers;

/// <summary>What was read of a usage object: the counts, and what was odd about them.</summary>
/// <param name="Usage">The counts in their normal meaning; null when the object has none that is known.</param>
/// <param name="Anomalies">What was odd. It is noted also when there are no counts.</param>
internal readonly record struct UsageReading(TokenUsage? Usage, UsageAnomalies Anomalies);
