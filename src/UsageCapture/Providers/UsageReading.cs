namespace UsageCapture.Providers;

/// <summary>The result of reading one usage object.</summary>
/// <param name="Usage">
/// The counts, converted to the definitions of <see cref="TokenUsage"/>: the input includes cached tokens, for example. Null when the object
/// has no known count.
/// </param>
/// <param name="Anomalies">The anomalies of the object, such as a count that is not a number. May be set without counts.</param>
internal readonly record struct UsageReading(TokenUsage? Usage, UsageAnomalies Anomalies);
