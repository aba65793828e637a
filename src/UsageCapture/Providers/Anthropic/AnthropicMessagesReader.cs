using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>Reads the usage of one message of Anthropic's API, streamed or not.</summary>
/// <remarks>
/// A stream begins with the input counts and a placeholder for the output, a small number. Such counts are recorded as they are, and
/// they stay incomplete until a report with the output follows. Counts without the input are incomplete too.
/// </remarks>
internal sealed class AnthropicMessagesReader() : UsageReader(EventFields)
{
    /// <summary>The fields of an event, or of a message in one piece.</summary>
    public static readonly UsageFields EventFields = new();

    private static readonly UsageField Type = EventFields.Add("type");
    private static readonly UsageField Id = EventFields.Add("id", "message.id");
    private static readonly UsageField Model = EventFields.Add("model", "message.model");
    private static readonly UsageField StopReason = EventFields.Add("stop_reason", "delta.stop_reason");
    private static readonly UsageField StartUsage = EventFields.Add("message.usage");
    private static readonly UsageField Usage = EventFields.Add("usage");
    private static readonly UsageField DeltaUsage = EventFields.Add("delta.usage");
    private static readonly UsageField Error = EventFields.Add("error");
    private static readonly UsageField AwsFault = EventFields.Add("Output.__type");

    private readonly AnthropicUsage _usage = new();

    // Anthropic's own streams end with message_stop. Gateways add this behind it.
    public override ReadOnlySpan<byte> Terminator => "[DONE]"u8;

    public override void Read(UsageDocument document, UsageReport report)
    {
        report.RecordResponseId(document[Id]);
        report.RecordResponseModel(document[Model]);
        ReadStopReason(document, report);
        ReadStartUsage(document[StartUsage], report);
        RecordUsage(_usage.Update(document[DeltaUsage]), document[DeltaUsage], report);
        RecordUsage(_usage.Update(document[Usage]), document[Usage], report);
        ReadError(document, report);
        if (JsonValue.TextEquals(document[Type], "message_stop"))
        {
            report.RecordEnd();
        }
    }

    private static void ReadStopReason(UsageDocument document, UsageReport report)
    {
        if (JsonValue.HasText(document[StopReason]) || JsonValue.TextEquals(document[Type], "message_start"))
        {
            report.RecordChoice(document[StopReason]);
        }
    }

    private static void ReadError(UsageDocument document, UsageReport report)
    {
        if (ErrorObject.IsReported(document[Error]))
        {
            report.RecordError(ErrorObject.Read(document[Error])); // It has a type and no code.
        }
        else if (JsonValue.TextEquals(document[Type], "error"))
        {
            report.RecordError(new UsageError());
        }
        else if (ErrorObject.FromAwsFault(document[AwsFault]) is { } fault)
        {
            report.RecordError(fault);
        }
    }

    private void ReadStartUsage(ReadOnlySpan<byte> json, UsageReport report)
    {
        bool isRepeated = report.Usage is not null && !report.UsageIsAllZero;
        if (RecordUsage(_usage.Start(json), json, report) && isRepeated)
        {
            report.AddAnomalies(UsageAnomalies.UsageRepeated);
        }
    }

    private bool RecordUsage(in UsageReading reading, ReadOnlySpan<byte> json, UsageReport report)
    {
        UsageStage stage = _usage.IsIncomplete ? UsageStage.Incomplete
            : report.EveryChoiceFinished ? UsageStage.Final
            : UsageStage.Running;
        if (!report.RecordUsage(reading, json, stage))
        {
            return false;
        }

        report.RecordServiceTier(JsonValue.Member(json, "service_tier"));
        report.RecordIterations(_usage.Iterations);
        return true;
    }
}
