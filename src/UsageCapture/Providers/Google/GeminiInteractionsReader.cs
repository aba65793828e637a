using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>Reads an interaction: the body itself, or the <c>interaction</c> of the first and the last event of a stream.</summary>
internal sealed class GeminiInteractionsReader() : UsageReader(DocumentFields)
{
    private static readonly UsageFields DocumentFields = new();
    private static readonly UsageField EventType = DocumentFields.Add("event_type");
    private static readonly InteractionFields Body = InteractionFields.AddTo(DocumentFields, "");
    private static readonly InteractionFields InEvent = InteractionFields.AddTo(DocumentFields, "interaction.");

    public override ReadOnlySpan<byte> Terminator => "[DONE]"u8;

    public override void Read(UsageDocument document, UsageReport report)
    {
        ReadOnlySpan<byte> eventType = document[EventType];
        if (!JsonValue.HasText(eventType))
        {
            // A body in progress was asked for in the background. The caller fetches the result later.
            ReadInteraction(document, Body, isLast: !JsonValue.TextEquals(document[Body.Status], "in_progress"), report);
        }
        else if (IsLast(eventType))
        {
            ReadInteraction(document, InEvent, isLast: true, report);
            report.RecordEnd();
        }
        else
        {
            ReadInteraction(document, InEvent, isLast: false, report);
        }

        ReadError(document[Body.Error], report);
        ReadError(document[InEvent.Error], report);
    }

    // The first versions of the API said "complete".
    private static bool IsLast(ReadOnlySpan<byte> eventType) =>
        JsonValue.TextEquals(eventType, "interaction.completed") || JsonValue.TextEquals(eventType, "interaction.complete");

    private static void ReadInteraction(UsageDocument document, InteractionFields fields, bool isLast, UsageReport report)
    {
        report.RecordResponseId(document[fields.Id]);
        report.RecordResponseModel(document[fields.Model]);
        report.RecordServiceTier(document[fields.ServiceTier]);
        if (isLast)
        {
            report.RecordChoice(document[fields.Status]);
        }

        ReadOnlySpan<byte> usage = document[fields.Usage];
        report.RecordUsage(GeminiUsage.ReadInteraction(usage), usage, isLast ? UsageStage.Final : UsageStage.Running);
    }

    private static void ReadError(ReadOnlySpan<byte> error, UsageReport report)
    {
        if (error is [(byte)'{', ..])
        {
            report.RecordError(ErrorObject.Read(error));
        }
    }

    /// <summary>The members of an interaction at one of the two places where it may stand.</summary>
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
