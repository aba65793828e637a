namespace UsageCapture.Providers;

/// <summary>Records the usage objects of OpenAI's APIs in a report. All readers of these APIs use it.</summary>
internal static class OpenAIUsageRecorder
{
    /// <summary>
    /// Records a usage object and the service tier in it. A second usage object is a repetition: it replaces only the counts that it has, and
    /// adds <see cref="UsageAnomalies.UsageRepeated"/>.
    /// </summary>
    /// <param name="report">Receives the counts.</param>
    /// <param name="json">The JSON text of the usage object; empty when the document has none.</param>
    /// <param name="stage">How much of the response the counts cover.</param>
    /// <param name="serverToolRequests">
    /// The calls of tools that the server runs, from an API that counts them outside the usage object; null for other APIs. A count inside
    /// the usage object takes precedence.
    /// </param>
    /// <param name="replacesCounts">
    /// Whether the counts that were recorded before are not those of a usage object, such as llama.cpp's timings. Then this object replaces
    /// all of them and is no repetition.
    /// </param>
    /// <returns>Whether the object has counts.</returns>
    public static bool TryRecord(
        UsageReport report, ReadOnlySpan<byte> json, UsageStage stage, long? serverToolRequests = null, bool replacesCounts = false)
    {
        if (json is not [(byte)'{', ..])
        {
            return false; // Most chunks have no usage or null. This check is cheaper than reading them.
        }

        UsageReading reading = Read(report, json);
        if (reading.Usage is not { } usage)
        {
            report.AddAnomalies(reading.Anomalies);
            return false;
        }

        if (serverToolRequests is not null && usage.ServerToolRequests is null)
        {
            usage = usage with { ServerToolRequests = serverToolRequests };
        }

        // Zeros before the counts are placeholders, so counts after them are not a repetition.
        bool isRepetition = !replacesCounts && report.HasUsage && !report.UsageIsAllZero;
        if (isRepetition)
        {
            RecordRepetition(report, usage, json, stage, reading.Anomalies);
        }
        else
        {
            report.RecordUsage(usage, json, stage, reading.Anomalies);
        }

        report.RecordServiceTier(OpenAIUsage.GetServiceTier(json));
        return true;
    }

    private static UsageReading Read(UsageReport report, ReadOnlySpan<byte> json)
    {
        // Google's output leaves out the thoughts, which the total includes. Perplexity's deep-research models leave reasoning out of the output.
        bool outputIsTotalMinusInput = report.Provider is ProviderNames.Gemini or ProviderNames.VertexAI;
        bool outputExcludesReasoning = report.Provider == ProviderNames.Perplexity
            && report.ResponseModel?.Contains("deep-research", StringComparison.Ordinal) == true;
        return OpenAIUsage.Read(json, outputIsTotalMinusInput, outputExcludesReasoning);
    }

    /// <summary>Records the counts of a later usage object together with the earlier counts that it leaves out.</summary>
    private static void RecordRepetition(
        UsageReport report, in TokenUsage later, ReadOnlySpan<byte> json, UsageStage stage, UsageAnomalies anomalies)
    {
        report.AddAnomalies(UsageAnomalies.UsageRepeated);
        if (later.IsAllZero)
        {
            report.RecordUsage(later, json, stage, anomalies); // The report keeps the earlier counts and notes the zeros.
            return;
        }

        TokenUsage merged = UsageMerger.Merge(report.Usage.GetValueOrDefault(), later);

        // An object that has only the cost does not replace the raw usage, which shows the counts.
        bool hasTokens = (later.InputTokens ?? later.OutputTokens ?? later.TotalTokens) is not null;
        report.RecordUsage(merged, hasTokens ? json : report.RawUsage, stage, anomalies);
    }
}
