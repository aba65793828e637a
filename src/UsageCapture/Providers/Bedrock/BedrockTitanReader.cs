using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>Reads the format of Amazon's Titan text and embedding models on Bedrock.</summary>
/// <remarks>A body counts the output of each result. A stream counts the input first, and all output in its last event.</remarks>
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
    private static readonly UsageField ResultCount = EventFields.Add("results[].tokenCount");

    private long? _input;
    private long? _output;

    public override void Read(UsageDocument document, UsageReport report)
    {
        var counts = new ScatteredCounts(report, stackalloc byte[ScatteredCounts.BufferSize]);
        long? resultSum = null;
        foreach (UsageElement result in document.Each(Results))
        {
            report.RecordChoice(result[ResultReason], result.GetIndex(ResultIndex));
            resultSum = TokenSum.OfKnown(resultSum, counts.ReadCount(result[ResultCount]));
        }

        if (JsonValue.HasText(document[CompletionReason]))
        {
            report.RecordChoice(document[CompletionReason]);
        }

        long? input = counts.ReadCount(document[InputCount]);
        long? output = counts.ReadCount(document[OutputCount]) ?? resultSum;
        if ((input ?? output) is null)
        {
            return;
        }

        _input = input ?? _input;
        _output = output ?? _output;
        counts.WriteCount("inputTextTokenCount"u8, _input);
        counts.WriteCount("output"u8, _output); // It has different names in a body and in a stream.
        var usage = new TokenUsage { InputTokens = _input, OutputTokens = _output };
        report.RecordUsage(usage, counts.UsageJson, output is null ? UsageStage.Running : UsageStage.Final);
    }
}
