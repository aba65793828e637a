using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>Reads the format of Meta's Llama models on Bedrock: a body, or an event with a piece of the text and running counts.</summary>
/// <remarks>
/// In a stream, only the first event has the prompt's count, so the reader keeps it:
/// <c>{"generation":"Hel","prompt_token_count":9,"generation_token_count":1}</c>.
/// </remarks>
internal sealed class BedrockLlamaReader() : UsageReader(EventFields)
{
    /// <summary>The fields of an event, or of a body. <see cref="BedrockInvokeReader"/> includes them in its own.</summary>
    public static readonly UsageFields EventFields = new();

    private static readonly UsageField PromptCount = EventFields.Add("prompt_token_count");
    private static readonly UsageField GenerationCount = EventFields.Add("generation_token_count");
    private static readonly UsageField StopReason = EventFields.Add("stop_reason");

    // The last known counts; null while none is known.
    private long? _lastInput;
    private long? _lastOutput;

    public override void Read(UsageDocument document, UsageReport report)
    {
        if (JsonValue.HasText(document[StopReason]))
        {
            report.RecordChoice(document[StopReason]);
        }

        var counts = new ScatteredCounts(report, stackalloc byte[ScatteredCounts.BufferSize]);
        long? input = counts.ReadCount(document[PromptCount]);
        long? output = counts.ReadCount(document[GenerationCount]);
        if (input is null && output is null)
        {
            return;
        }

        _lastInput = input ?? _lastInput;
        _lastOutput = output ?? _lastOutput;

        // The format has no usage object, so one is built for the raw usage.
        counts.WriteCount("prompt_token_count"u8, _lastInput);
        counts.WriteCount("generation_token_count"u8, _lastOutput);
        var usage = new TokenUsage { InputTokens = _lastInput, OutputTokens = _lastOutput };

        // The event with the stop reason has the final counts.
        UsageStage stage = report.EveryChoiceFinished ? UsageStage.Final : UsageStage.Running;
        report.RecordUsage(usage, counts.UsageJson, stage);
    }
}
