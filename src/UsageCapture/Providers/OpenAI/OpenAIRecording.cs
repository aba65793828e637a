namespace UsageCapture.Providers;

/// <summary>The parts that the readers of OpenAI's APIs share: the end of their streams, and how a usage object is recorded.</summary>
internal static class OpenAIRecording
{
    /// <summary>Gets the data that ends every stream of these APIs.</summary>
    public static ReadOnlySpan<byte> Terminator => "[DONE]"u8;

    /// <summary>
    /// Records a usage object and the service tier in it. A second usage object replaces the counts that it has, and is noted as an anomaly.
    /// </summary>
    /// <param name="report">Receives the counts.</param>
    /// <param name="json">The JSON text of the usage object; empty when the document has none.</param>
    /// <param name="stage">How much of the response the counts cover.</param>
    /// <param name="serverToolRequests">
    /// The calls of tools that the server runs, from an API that counts them outside the usage object; null for other APIs. A count inside
    /// the usage object takes precedence.
    /// </param>
    /// <param name="earlierIsUsageObject">
    /// Whether counts that were recorded before come from a usage object, so that a second one is a repetition. False when they come from
    /// another member, such as llama.cpp's timings.
    /// </param>
    /// <returns>Whether the object has counts.</returns>
    public static bool RecordUsage(UsageReport report, ReadOnlySpan<byte> json, UsageStage stage, long? serverToolRequests = null, bool earlierIsUsageObject = true)
    {
        if (json is not [(byte)'{', ..])
        {
            return false; // Most chunks have no usage, and this check is cheaper than reading an empty value.
        }

        // These providers count differently, as the parameters of OpenAIUsage.Read tell.
        bool outputIsTotalMinusInput = report.Provider is ProviderNames.Gemini or ProviderNames.VertexAI;
        bool outputExcludesReasoning = report.Provider == ProviderNames.Perplexity
            && report.ResponseModel?.Contains("deep-research", StringComparison.Ordinal) == true;
        UsageReading reading = OpenAIUsage.Read(json, outputIsTotalMinusInput, outputExcludesReasoning);
        if (reading.Usage is not { } usage)
        {
            report.AddAnomalies(reading.Anomalies);
            return false;
        }

        // Zeros before the counts are placeholders, so counts after them are not a repetition.
        bool replacesCounts = earlierIsUsageObject && report.HasUsage && !report.UsageIsAllZero;
        if (replacesCounts)
        {
            report.AddAnomalies(UsageAnomalies.UsageRepeated);
        }

        if (serverToolRequests is not null && usage.ServerToolRequests is null)
        {
            usage = usage with { ServerToolRequests = serverToolRequests };
        }

        if (replacesCounts && !usage.IsAllZero && report.Usage is { } earlier)
        {
            // An object that has only the cost does not replace the raw usage, which shows the counts.
            bool hasTokens = (usage.InputTokens ?? usage.OutputTokens ?? usage.TotalTokens) is not null;
            usage = LaterCounts.Apply(earlier, usage);
            report.RecordUsage(usage, hasTokens ? json : report.RawUsage, stage, reading.Anomalies);
        }
        else
        {
            report.RecordUsage(usage, json, stage, reading.Anomalies);
        }

        report.RecordServiceTier(OpenAIUsage.GetServiceTier(json));
        return true;
    }
}
