namespace UsageCapture.Providers;

/// <summary>The result of reading one usage object.</summary>
/// <param name="Usage">The counts in the meaning of <see cref="TokenUsage"/>; null when the object has no known count.</param>
/// <param name="Anomalies">What was odd about the object, such as a count that is not a number. May be set without counts.</param>
internal readonly record struct UsageReading(TokenUsage? Usage, UsageAnomalies Anomalies);
