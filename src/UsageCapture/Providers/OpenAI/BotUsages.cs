using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>
/// Records the usage of Volcengine's bots, which are chat completions that several models work on:
/// <c>{"bot_usage":{"model_usage":[{"name":"…","prompt_tokens":9,…}]}}</c>, with one element for each model.
/// </summary>
internal static class BotUsages
{
    // Names of models are far shorter. The limit is for damaged and hostile responses.
    private const int MaxModelNameLength = 256;

    /// <summary>Records the sum, and the usage of each model as an iteration (one run of a model).</summary>
    /// <param name="json">The JSON text of <c>bot_usage</c>; empty when the document has none.</param>
    /// <param name="report">Receives the counts.</param>
    /// <param name="stage">How much of the response the counts cover.</param>
    /// <returns>Whether the list has counts.</returns>
    public static bool TryRecord(ReadOnlySpan<byte> json, UsageReport report, UsageStage stage)
    {
        if (json is not [(byte)'{', ..])
        {
            return false;
        }

        // The whole object becomes the raw usage, so all of it must be valid JSON. Reading it as a usage object checks that.
        UsageAnomalies anomalies = OpenAIUsage.Read(json).Anomalies;
        if (anomalies != UsageAnomalies.None)
        {
            report.AddAnomalies(anomalies);
            return false;
        }

        TokenUsage? sum = null;
        List<UsageIteration> modelRuns = [];
        foreach (ReadOnlySpan<byte> element in new JsonElements(JsonValue.FindMember(json, "model_usage")))
        {
            UsageReading reading = OpenAIUsage.Read(element);
            anomalies |= reading.Anomalies;
            if (reading.Usage is { } usage)
            {
                sum = sum?.Plus(usage) ?? usage;
                string? model = JsonValue.GetText(JsonValue.FindMember(element, "name"), MaxModelNameLength);
                modelRuns.Add(new UsageIteration { Type = "model", Model = model, Usage = usage, IsInTotal = true });
            }
        }

        if (sum is not { } total)
        {
            report.AddAnomalies(anomalies);
            return false;
        }

        report.RecordUsage(total, json, stage, anomalies);
        report.RecordIterations(modelRuns);
        return true;
    }
}
