using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>Reads the format of Amazon's Titan text and embedding models on Bedrock.</summary>
/// <remarks>
/// A body has the count of the input, and for each result the count of its output. In a stream, an early event has the count of the input,
/// and the last event has the count of the whole output, so the reader remembers both counts.
/// </remarks>
internal sealed class BedrockTitanReader() : UsageReader(EventFields)
{
    /// <summary>The fields of an event, or of a body. <see cref="BedrockInvokeReader"/> includes them in its own.</summary>
    public static readonly UsageFields EventFields = new();

    private static readonly UsageField InputCount = EventFields.Add("inputTextTokenCount");
    private static readonly UsageField OutputCount = EventFields.Add("totalOutputTextTokenCount");
    private static readonly UsageField CompletionReason = EventFields.Add("completionReason");
    private static readonly UsageField Results = EventFields.Add("results[]");
    private static readonly UsageField ResultIndex = EventFields.Add("results[].index");
    private static readonly UsageField ResultReason = EventFields.Add("results[].completionReason");
    private static readonly UsageField ResultOutputCount = EventFields.Add("results[].tokenCount");

    // The last known counts; null while none is known.
    private long? _lastInput;
    private long? _lastOutput;

    public override void Read(UsageDocument document, UsageReport report)
    {
        var counts = new ScatteredCounts(report, stackalloc byte[ScatteredCounts.BufferSize]);
        long? outputOfResults = null;
        foreach (UsageElement result in document.Each(Results))
        {
            report.RecordChoice(result[ResultReason], result.GetIndex(ResultIndex));
            outputOfResults = TokenSum.OfKnown(outputOfResults, counts.ReadCount(result[ResultOutputCount]));
        }

        if (JsonValue.HasText(document[CompletionReason]))
        {
            report.RecordChoice(document[CompletionReason]);
        }

        long? input = counts.ReadCount(document[InputCount]);
        long? output = counts.ReadCount(document[OutputCount]) ?? outputOfResults;
        if (input is null && output is null)
        {
            return;
        }

        _lastInput = input ?? _lastInput;
        _lastOutput = output ?? _lastOutput;

        // The format has no usage object, so one is built for the raw usage.
        counts.WriteCount("inputTextTokenCount"u8, _lastInput);
        counts.WriteCount("output"u8, _lastOutput); // A body and a stream name the output differently, so the name is neutral.
        var usage = new TokenUsage { InputTokens = _lastInput, OutputTokens = _lastOutput };

        // Only the body of a text model and the last event of a stream have the output, so it makes the counts final. Embeddings have no
        // output: their counts are exact when the whole body has arrived.
        UsageStage stage = output is null ? UsageStage.Running : UsageStage.Final;
        report.RecordUsage(usage, counts.UsageJson, stage);
    }
}
