using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>Reads responses of watsonx's text generation: a body, or the events of a stream.</summary>
/// <remarks>
/// In a stream, the first event has the count of the input, and later events have zero there. The output is a running total.
/// </remarks>
internal sealed class WatsonxReader() : UsageReader(DocumentFields)
{
    private static readonly UsageFields DocumentFields = new();
    private static readonly UsageField Model = DocumentFields.Add("model_id");
    private static readonly UsageField StopReason = DocumentFields.Add("results[].stop_reason");
    private static readonly UsageField InputCount = DocumentFields.Add("results[].input_token_count");
    private static readonly UsageField OutputCount = DocumentFields.Add("results[].generated_token_count");
    private static readonly UsageField ErrorCode = DocumentFields.Add("errors[].code");

    public override void Read(UsageDocument document, UsageReport report)
    {
        report.RecordResponseModel(document[Model]);
        ReadOnlySpan<byte> stopReason = document[StopReason];
        if (!stopReason.IsEmpty)
        {
            bool hasFinished = !JsonValue.TextEquals(stopReason, "not_finished");
            report.RecordChoice(hasFinished ? stopReason : default); // An empty reason records a choice that has not finished.
        }

        // After the choice: the stage of the usage depends on whether the choice has finished.
        RecordUsage(document, report);
        if (JsonValue.HasText(document[ErrorCode]))
        {
            report.RecordError(ErrorReader.ReadParts(document[ErrorCode], type: default));
        }
    }

    private static void RecordUsage(UsageDocument document, UsageReport report)
    {
        // The counts are not in a usage object, so one is built from them for the raw usage, which is the server's usage as JSON.
        var counts = new ScatteredCounts(report, stackalloc byte[ScatteredCounts.BufferSize]);
        long? eventInput = counts.ReadCount(document[InputCount]);
        long? eventOutput = counts.ReadCount(document[OutputCount]);
        if (eventInput is null && eventOutput is null)
        {
            return;
        }

        // Counts that this event lacks are those of an earlier event. An input of zero also means that an earlier event has the count.
        long? earlierInput = report.Usage?.InputTokens;
        bool eventHasInput = eventInput > 0;
        long? input = eventHasInput ? eventInput : (earlierInput ?? eventInput);
        long? output = eventOutput ?? report.Usage?.OutputTokens;

        counts.WriteCount("input_token_count"u8, input);
        counts.WriteCount("generated_token_count"u8, output);
        var usage = new TokenUsage { InputTokens = input, OutputTokens = output };

        // The event with the stop reason has the final counts.
        UsageStage stage = report.EveryChoiceFinished ? UsageStage.Final : UsageStage.Running;
        report.RecordUsage(usage, counts.UsageJson, stage);
    }
}
