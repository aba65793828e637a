namespace UsageCapture.Providers;

/// <summary>What the readers of OpenAI's APIs share: the end of their streams, and the way a usage object is recorded.</summary>
internal static class OpenAIReport
{
    /// <summary>Gets the data that ends every stream of these APIs.</summary>
    public static ReadOnlySpan<byte> Terminator => "[DONE]"u8;

    /// <summary>Records a usage object, which replaces the one before.</summary>
    /// <param name="report">Keeps the counts.</param>
    /// <param name="json">The JSON text of the usage object; empty when the document has none.</param>
    /// <param name="stage">How much of the response the counts cover.</param>
    /// <param name="serverToolRequests">The requests to the server's own tools, where the API counts them outside the usage object; null when it does not.</param>
    /// <returns>Whether the object has counts.</returns>
    public static bool RecordUsage(UsageReport report, ReadOnlySpan<byte> json, UsageStage stage, long? serverToolRequests = null)
    {
        if (json is not [(byte)'{', ..])
        {
            return false; // Most chunks have no usage, and the check is cheaper than an empty reading.
        }

        UsageReading reading = OpenAIUsage.Read(json);
        if (reading.Usage is not { } usage)
        {
            report.AddAnomalies(reading.Anomalies);
            return false;
        }

        report.AddAnomalies(report.Usage is not null && !report.UsageIsAllZero ? UsageAnomalies.UsageRepeated : UsageAnomalies.None);
        usage = usage with { ServerToolRequests = usage.ServerToolRequests ?? serverToolRequests };
        report.RecordUsage(usage, json, stage, reading.Anomalies);
        report.RecordServiceTier(OpenAIUsage.GetServiceTier(json));
        return true;
    }
}
