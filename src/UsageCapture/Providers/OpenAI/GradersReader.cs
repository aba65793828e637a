using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>Reads the result of a grader. A grader may run several models, and the result has the usage of each.</summary>
internal sealed class GradersReader() : UsageReader(ResultFields)
{
    // Names of models are far shorter. The limit is for damaged and hostile responses.
    private const int MaxModelNameLength = 256;

    private static readonly UsageFields ResultFields = new();
    private static readonly UsageField Model = ResultFields.Add("metadata.sampled_model_name");
    private static readonly UsageField Usage = ResultFields.Add("metadata.token_usage"); // An object, a number or null.
    private static readonly UsageField UsageByModel = ResultFields.Add("model_grader_token_usage_per_model");
    private static readonly OpenAIErrorFields Errors = new(ResultFields);

    public override void Read(UsageDocument document, UsageReport report)
    {
        report.RecordResponseModel(document[Model]);
        if (Errors.FindError(document) is { } error)
        {
            report.RecordError(error);
        }

        bool hasUsage = TryRecordModels(document[UsageByModel], report)
            || OpenAIUsageRecorder.TryRecord(report, document[Usage], UsageStage.Final)
            || TryRecordTotal(document[Usage], report);

        // A grader that compares texts runs no model. Then the usage is null, and the object of the models is empty.
        report.RanNoModel = !hasUsage && !document.Has(Usage) && IsEmptyObject(document[UsageByModel]);
    }

    /// <summary>Records the sum of all models, and the usage of each model as an iteration (one run of a model).</summary>
    /// <param name="json">The JSON text of an object with one usage object for each model; empty when the document has none.</param>
    /// <param name="report">Receives the counts.</param>
    /// <returns>Whether a model has counts.</returns>
    private static bool TryRecordModels(ReadOnlySpan<byte> json, UsageReport report)
    {
        // The whole object becomes the raw usage, so all of it must be valid JSON. Reading it as a usage object checks that.
        UsageAnomalies anomalies = OpenAIUsage.Read(json).Anomalies;
        TokenUsage? sum = null;
        List<UsageIteration> modelRuns = [];
        foreach (JsonMember member in new JsonMembers(json))
        {
            UsageReading reading = OpenAIUsage.Read(member.Value);
            anomalies |= reading.Anomalies;
            if (reading.Usage is { } usage)
            {
                sum = sum?.Plus(usage) ?? usage;
                modelRuns.Add(new UsageIteration { Type = "model", Model = member.GetName(MaxModelNameLength), Usage = usage, IsInTotal = true });
            }
        }

        bool isDamaged = (anomalies & UsageAnomalies.UndecodableEvent) != UsageAnomalies.None;
        if (isDamaged || sum is not { } total)
        {
            report.AddAnomalies(anomalies);
            return false;
        }

        report.RecordUsage(total, json, UsageStage.Final, anomalies);
        report.RecordIterations(modelRuns);
        return true;
    }

    /// <summary>Records a usage that is a single number: the total.</summary>
    private static bool TryRecordTotal(ReadOnlySpan<byte> json, UsageReport report)
    {
        if (JsonValue.GetCount(json) is not { } total)
        {
            return false;
        }

        var counts = new ScatteredCounts(report, stackalloc byte[ScatteredCounts.BufferSize]);
        counts.WriteCount("token_usage"u8, total);
        report.RecordUsage(new TokenUsage { TotalTokens = total }, counts.UsageJson, UsageStage.Final, UsageAnomalies.None);
        return true;
    }

    private static bool IsEmptyObject(ReadOnlySpan<byte> json) => json is [(byte)'{', ..] && !new JsonMembers(json).MoveNext();
}
