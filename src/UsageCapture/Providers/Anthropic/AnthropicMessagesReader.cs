using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>Reads the usage of one message of Anthropic's API, streamed or not.</summary>
/// <remarks>
/// The first event of a stream, <c>message_start</c>, has the input counts and a small number as a placeholder for the output. These counts
/// are recorded as incomplete. They become complete when a later event has the output. Counts without the input are incomplete too.
/// </remarks>
internal sealed class AnthropicMessagesReader() : UsageReader(EventFields)
{
    /// <summary>
    /// The fields of an event, or of the body of a response that is not streamed. Several paths of one field are alternatives. Bedrock's
    /// reader has them too, because it hands Anthropic's documents to this reader.
    /// </summary>
    public static readonly UsageFields EventFields = new();

    private static readonly UsageField Type = EventFields.Add("type");
    private static readonly UsageField Id = EventFields.Add("id", "message.id");
    private static readonly UsageField Model = EventFields.Add("model", "message.model");
    private static readonly UsageField StopReason = EventFields.Add("stop_reason", "delta.stop_reason");
    private static readonly UsageField StartUsage = EventFields.Add("message.usage"); // message_start
    private static readonly UsageField Usage = EventFields.Add("usage"); // A body, or message_delta
    private static readonly UsageField DeltaUsage = EventFields.Add("delta.usage"); // message_delta of some gateways
    private static readonly UsageField Copilot = EventFields.Add("copilot_usage"); // GitHub Copilot
    private static readonly UsageField Error = EventFields.Add("error");

    // Amazon Bedrock answers a request to an unknown path with status 200 and this member.
    private static readonly UsageField AwsFault = EventFields.Add("Output.__type");

    private readonly AnthropicUsage _usage = new();

    // Anthropic's own streams end with message_stop. Some gateways add [DONE] after it.
    public override ReadOnlySpan<byte> Terminator => DoneTerminator;

    public override void Read(UsageDocument document, UsageReport report)
    {
        report.RecordResponseId(document[Id]);
        report.RecordResponseModel(document[Model]);
        RecordStopReason(document, report);

        // A document has at most one of these usage objects, and a missing one changes nothing. If a gateway sends both of the last two, the
        // counts of "usage", the documented place, are read last, so they win.
        RecordStartUsage(document[StartUsage], report);
        RecordBodyOrDeltaUsage(document[DeltaUsage], report);
        RecordBodyOrDeltaUsage(document[Usage], report);
        CopilotUsage.TryRecord(report, document[Copilot], report.EveryChoiceFinished ? UsageStage.Final : UsageStage.Running);
        RecordError(document, report);
        if (JsonValue.TextEquals(document[Type], "message_stop"))
        {
            report.RecordEnd();
        }
    }

    private static void RecordStopReason(UsageDocument document, UsageReport report)
    {
        // message_start opens the choice of a stream. It has no stop reason, so the choice is recorded as not finished.
        if (JsonValue.HasText(document[StopReason]) || JsonValue.TextEquals(document[Type], "message_start"))
        {
            report.RecordChoice(document[StopReason]);
        }
    }

    private static void RecordError(UsageDocument document, UsageReport report)
    {
        if (ErrorReader.IsReported(document[Error]))
        {
            report.RecordError(ErrorReader.Read(document[Error]));
        }
        else if (JsonValue.TextEquals(document[Type], "error"))
        {
            report.RecordError(new UsageError()); // An event of type "error" without an error object: nothing more is known.
        }
        else if (ErrorReader.ReadAwsFault(document[AwsFault]) is { } fault)
        {
            report.RecordError(fault);
        }
    }

    private void RecordStartUsage(ReadOnlySpan<byte> json, UsageReport report)
    {
        // A proxy that retries the request sends a second start. Its counts repeat the first ones, and the record says so. If only zeros
        // were reported before, they were placeholders, and nothing is repeated.
        bool hadCounts = report.HasUsage && !report.UsageIsAllZero;
        UsageReading reading = _usage.ReadStart(json);
        bool isRecorded = RecordUsage(reading, json, report);
        if (isRecorded && hadCounts)
        {
            report.AddAnomalies(UsageAnomalies.UsageRepeated);
        }
    }

    /// <summary>Records the usage object of a <c>message_delta</c>, or that of a body.</summary>
    private void RecordBodyOrDeltaUsage(ReadOnlySpan<byte> json, UsageReport report)
    {
        UsageReading reading = _usage.ReadBodyOrDelta(json);
        RecordUsage(reading, json, report);
    }

    /// <summary>
    /// Records the counts, the iterations and the facts that the price depends on. The iterations are a list with an entry for each run of a
    /// model.
    /// </summary>
    /// <param name="reading">The counts, merged with those of earlier usage objects.</param>
    /// <param name="json">The JSON text of the usage object.</param>
    /// <param name="report">Receives them.</param>
    /// <returns>Whether the object has counts.</returns>
    private bool RecordUsage(in UsageReading reading, ReadOnlySpan<byte> json, UsageReport report)
    {
        // Without input or output, the counts are incomplete. The event with the stop reason has the final counts. Counts between the start
        // and this event are still growing.
        UsageStage stage = _usage.IsIncomplete ? UsageStage.Incomplete
            : report.EveryChoiceFinished ? UsageStage.Final
            : UsageStage.Running;
        bool hasCounts = report.RecordUsage(reading, json, stage);
        if (!ReferenceEquals(report.Iterations, _usage.Iterations))
        {
            report.RecordIterations(_usage.Iterations);
        }

        RecordPriceFacts(json, report);
        return hasCounts;
    }

    /// <summary>Records the service tier, the speed and the region, which Anthropic reports inside the usage object.</summary>
    private static void RecordPriceFacts(ReadOnlySpan<byte> json, UsageReport report)
    {
        foreach (JsonMember member in new JsonMembers(json))
        {
            if (member.NameEquals("service_tier"u8))
            {
                report.RecordServiceTier(member.Value);
            }
            else if (member.NameEquals("speed"u8))
            {
                report.RecordSpeed(member.Value);
            }
            else if (member.NameEquals("inference_geo"u8) && !JsonValue.TextEquals(member.Value, "not_available")) // Sent for older models.
            {
                report.RecordRegion(member.Value);
            }
        }
    }
}
