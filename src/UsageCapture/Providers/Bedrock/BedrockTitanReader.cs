using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>Reads the format of Amazon's Titan text and embedding models on Bedrock.</summary>
/// <remarks>A body counts the output of each result. A stream counts the input first, and all output in its last event.</remarks>
internal sealed class BedrockTitanReader() : UsageReader(Event)
{
    /// <summary>The fields of an event, or of a body.</summary>
    public static readonly UsageFields Event = new();

    private static readonly UsageField InputCount = Event.Add("inputTextTokenCount");
    private static readonly UsageField OutputCount = Event.Add("totalOutputTextTokenCount");
    private static readonly UsageField CompletionReason = Event.Add("completionReason");
    private static readonly UsageField Results = Event.Add("results[]");
    private static readonly UsageField ResultIndex = Event.Add("results[].index");
    private static readonly UsageField ResultReason = Event.Add("results[].completionReason");
    private static readonly UsageField ResultCount = Event.Add("results[].tokenCount");

    private long? _input;
    private long? _output;

    public override void Read(UsageDocument document, UsageReport report)
    {
        var counts = new LooseCounts(report, stackalloc byte[LooseCounts.BufferSize]);
        long? resultSum = null;
        foreach (UsageElement result in document.Each(Results))
        {
            report.RecordChoice(result[ResultReason], result.GetIndex(ResultIndex));
            resultSum = TokenSum.Of(resultSum, counts.Read(result[ResultCount]));
        }

        if (JsonValue.HasText(document[CompletionReason]))
        {
            report.RecordChoice(document[CompletionReason]);
        }

        long? input = counts.Read(document[InputCount]);
        long? output = counts.Read(document[OutputCount]) ?? resultSum;
        if ((input ?? output) is null)
        {
            return;
        }

        _input = input ?? _input;
        _output = output ?? _output;
        counts.Write("inputTextTokenCount"u8, _input);
        counts.Write("output"u8, _output); // It has different names in a body and in a stream.
        var usage = new TokenUsage { InputTokens = _input, OutputTokens = _output };
        report.RecordUsage(usage, counts.Json, output is null ? UsageStage.Running : UsageStage.Final);
    }
}
