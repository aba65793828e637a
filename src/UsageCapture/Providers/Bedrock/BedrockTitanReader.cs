using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>Reads the format of Amazon's Titan text and embedding models on Bedrock.</summary>
/// <remarks>
/// A body has the count of the input, and for each result the count of its output. In a stream, an early event has the count of the input,
/// and the last one that of the whole output. So the reader keeps the counts.
/// </remarks>
internal sealed class BedrockTitanReader() : UsageReader(EventFields)
{
    /// <summary>The fields of an event, or of a body.</summary>
    public static readonly UsageFields EventFields = new();

    private static readonly UsageField InputCount = EventFields.Add("inputTextTokenCount");
    private static readonly UsageField OutputCount = EventFields.Add("totalOutputTextTokenCount");
    private static readonly UsageField CompletionReason = EventFields.Add("completionReason");
    private static readonly UsageField Results = EventFields.Add("results[]");
    private static readonly UsageField ResultIndex = EventFields.Add("results[].index");
    private static readonly UsageField ResultReason = EventFields.Add("results[].completionReason");
    private static readonly UsageField ResultOutputCount = EventFields.Add("results[].tokenCount");

    // The last known counts; null while none is known.
    private long? _input;
    private long? _output;

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

        _input = input ?? _input;
        _output = output ?? _output;

        // The format has no usage object, so one is built for the raw usage.
        counts.WriteCount("inputTextTokenCount"u8, _input);
        counts.WriteCount("output"u8, _output); // One name for the two that it has in a body and in a stream.
        var usage = new TokenUsage { InputTokens = _input, OutputTokens = _output };

        // Only a body and the last event have the output.
        UsageStage stage = output is null ? UsageStage.Running : UsageStage.Final;
        report.RecordUsage(usage, counts.UsageJson, stage);
    }
}
