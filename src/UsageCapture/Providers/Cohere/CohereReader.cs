using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>Reads the responses of Cohere's API: a body, an event of a version 2 stream, or a line of a version 1 stream.</summary>
/// <remarks>
/// A stream reports usage once, in its last event. The usage object is <c>usage</c> in version 2, and <c>meta</c> in version 1 and for all
/// embeddings. Reranking and classification are not billed by tokens, so they have no counts.
/// </remarks>
internal sealed class CohereReader() : UsageReader(DocumentFields)
{
    // The members that are read. "?" means that only the presence of the member is kept. Several paths of one field are alternatives.
    private static readonly UsageFields DocumentFields = new();
    private static readonly UsageField Type = DocumentFields.Add("type", "event_type");
    private static readonly UsageField Id = DocumentFields.Add("id");
    private static readonly UsageField GenerationId = DocumentFields.Add("generation_id", "response.generation_id");
    private static readonly UsageField FinishReason = DocumentFields.Add("finish_reason", "delta.finish_reason");
    private static readonly UsageField Usage = DocumentFields.Add("usage", "delta.usage", "meta", "response.meta");
    private static readonly UsageField OlderUsage = DocumentFields.Add("token_count", "response.token_count");
    private static readonly UsageField Message = DocumentFields.Add("message?");
    private static readonly UsageField Error = DocumentFields.Add("error", "delta.error");

    // Version 1's generate operation.
    private static readonly UsageField Generations = DocumentFields.Add("generations[]");
    private static readonly UsageField GenerationIndex = DocumentFields.Add("generations[].index");
    private static readonly UsageField GenerationFinishReason = DocumentFields.Add("generations[].finish_reason");

    // Version 2's streams send this text after the message-end event.
    public override ReadOnlySpan<byte> Terminator => DoneTerminator;

    // Version 1 streams one JSON object after another, so the end of an object is not the end of the response. The last
    // object has the type stream-end.
    public override bool HasInBandEndMarker => true;

    public override void Read(UsageDocument document, UsageReport report)
    {
        report.RecordResponseId(document.Has(GenerationId) ? document[GenerationId] : document[Id]);
        if (IsLastDocument(document[Type]))
        {
            RecordFinishReasons(document, report);
            if (!report.RecordUsage(CohereUsage.Read(document[Usage]), document[Usage], UsageStage.Final)
                && !report.RecordUsage(CohereUsage.ReadOlderUsage(document[OlderUsage]), document[OlderUsage], UsageStage.Final)
                && !JsonValue.FindMember(document[Usage], "billed_units").IsEmpty)
            {
                report.RecordRawUsage(document[Usage]); // Images and searches are billed by their number, not by tokens.
            }

            report.RecordEnd();
        }

        if (FindError(document) is { } error)
        {
            report.RecordError(error);
        }
    }

    /// <summary>Gets whether a document is the last one: a body, which has no type, or the last event of a stream.</summary>
    private static bool IsLastDocument(ReadOnlySpan<byte> type) =>
        !JsonValue.HasText(type)
        || JsonValue.TextEquals(type, "message-end") // Version 2
        || JsonValue.TextEquals(type, "stream-end"); // Version 1

    private static void RecordFinishReasons(UsageDocument document, UsageReport report)
    {
        foreach (UsageElement generation in document.Each(Generations))
        {
            report.RecordChoice(generation[GenerationFinishReason], generation.GetIndex(GenerationIndex));
        }

        if (document.Has(FinishReason))
        {
            report.RecordChoice(document[FinishReason]);
        }
    }

    /// <summary>Finds an error: an <c>error</c> text, a body that has only a <c>message</c>, or the finish reason <c>ERROR</c>.</summary>
    /// <returns>Null when the document reports no error.</returns>
    private static UsageError? FindError(UsageDocument document)
    {
        bool isEventOrAnswer = JsonValue.HasText(document[Type]) || document.Has(FinishReason) || document.Has(Usage);
        bool isOnlyMessage = !isEventOrAnswer && document.Has(Message);
        if (JsonValue.HasText(document[Error]) || isOnlyMessage)
        {
            return new UsageError(); // The text may quote the prompt, so it is not kept.
        }

        return JsonValue.TextEquals(document[FinishReason], "ERROR") ? new UsageError { Type = "ERROR" } : null;
    }
}
