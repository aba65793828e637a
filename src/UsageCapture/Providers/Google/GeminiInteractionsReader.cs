using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>Reads responses of Google's Interactions API.</summary>
/// <remarks>
/// One interaction is one request and the model's answer. It is the body itself, or the <c>interaction</c> member of the first and the last
/// event of a stream.
/// </remarks>
internal sealed class GeminiInteractionsReader() : UsageReader(DocumentFields)
{
    private static readonly UsageFields DocumentFields = new();
    private static readonly UsageField EventType = DocumentFields.Add("event_type");
    private static readonly InteractionFields AtTopLevel = InteractionFields.AddTo(DocumentFields, "");
    private static readonly InteractionFields InInteraction = InteractionFields.AddTo(DocumentFields, "interaction.");

    public override ReadOnlySpan<byte> Terminator => DoneTerminator;

    public override void Read(UsageDocument document, UsageReport report)
    {
        ReadOnlySpan<byte> eventType = document[EventType];
        if (!JsonValue.HasText(eventType))
        {
            // No event, so the document is a body, whose end ends the response. A background interaction is answered while it is in progress.
            // Its counts are not final; the caller fetches the result later.
            bool isFinal = !JsonValue.TextEquals(document[AtTopLevel.Status], "in_progress");
            RecordInteraction(document, AtTopLevel, isFinal, report);
        }
        else if (IsLastEvent(eventType))
        {
            RecordInteraction(document, InInteraction, isFinal: true, report);
            report.RecordEnd();
        }
        else
        {
            // Of the remaining events, only the first has an interaction. For the others, nothing is recorded here.
            RecordInteraction(document, InInteraction, isFinal: false, report);
        }

        RecordError(document[AtTopLevel.Error], report); // In a body, and in an error event.
        RecordError(document[InInteraction.Error], report);
    }

    // The first versions of the API named the last event "interaction.complete".
    private static bool IsLastEvent(ReadOnlySpan<byte> eventType) =>
        JsonValue.TextEquals(eventType, "interaction.completed") || JsonValue.TextEquals(eventType, "interaction.complete");

    private static void RecordInteraction(UsageDocument document, InteractionFields fields, bool isFinal, UsageReport report)
    {
        report.RecordResponseId(document[fields.Id]);
        report.RecordResponseModel(document[fields.Model]);
        report.RecordServiceTier(document[fields.ServiceTier]);
        if (isFinal)
        {
            report.RecordChoice(document[fields.Status]); // The final status takes the place of a finish reason.
        }

        ReadOnlySpan<byte> usage = document[fields.Usage];
        report.RecordUsage(GeminiUsage.ReadInteraction(usage), usage, isFinal ? UsageStage.Final : UsageStage.Running);
    }

    private static void RecordError(ReadOnlySpan<byte> error, UsageReport report)
    {
        if (error is [(byte)'{', ..]) // It is missing or null where there is no error.
        {
            report.RecordError(ErrorReader.Read(error));
        }
    }

    /// <summary>The fields of an interaction. It has the same members in a body and in an event, at different paths.</summary>
    private sealed record InteractionFields(
        UsageField Id, UsageField Model, UsageField Status, UsageField ServiceTier, UsageField Usage, UsageField Error)
    {
        public static InteractionFields AddTo(UsageFields fields, string prefix) => new(
            fields.Add(prefix + "id"),
            fields.Add(prefix + "model"),
            fields.Add(prefix + "status"),
            fields.Add(prefix + "service_tier"),
            fields.Add(prefix + "usage"),
            fields.Add(prefix + "error"));
    }
}
