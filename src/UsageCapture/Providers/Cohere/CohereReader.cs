using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>Reads Cohere's responses: a body, an event of version 2, or a line of version 1's stream.</summary>
/// <remarks>
/// A stream reports usage once, in the event that ends it. Version 2 calls the usage object <c>usage</c>. Version 1 and all embeddings
/// call it <c>meta</c>. Reranking and classification are billed by other units than tokens, so they have no counts.
/// </remarks>
internal sealed class CohereReader() : UsageReader(DocumentFields)
{
    private static readonly UsageFields DocumentFields = new();
    private static readonly UsageField Type = DocumentFields.Add("type", "event_type");
    private static readonly UsageField Id = DocumentFields.Add("id");
    private static readonly UsageField GenerationId = DocumentFields.Add("generation_id", "response.generation_id");
    private static readonly UsageField FinishReason = DocumentFields.Add("finish_reason", "delta.finish_reason");
    private static readonly UsageField Usage = DocumentFields.Add("usage", "delta.usage", "meta", "response.meta");
    private static readonly UsageField TokenCount = DocumentFields.Add("token_count", "response.token_count");
    private static readonly UsageField Message = DocumentFields.Add("message?");
    private static readonly UsageField Error = DocumentFields.Add("error", "delta.error");

    // Version 1's generate.
    private static readonly UsageField Generations = DocumentFields.Add("generations[]");
    private static readonly UsageField GenerationIndex = DocumentFields.Add("generations[].index");
    private static readonly UsageField GenerationFinishReason = DocumentFields.Add("generations[].finish_reason");

    public override ReadOnlySpan<byte> Terminator => "[DONE]"u8;

    // Version 1 streams one object after another, and every stream has an event that ends it.
    public override bool HasInBandEndMarker => true;

    public override void Read(UsageDocument document, UsageReport report)
    {
        report.RecordResponseId(document.Has(GenerationId) ? document[GenerationId] : document[Id]);
        if (IsLast(document[Type]))
        {
            ReadFinishReasons(document, report);
            if (!report.RecordUsage(CohereUsage.Read(document[Usage]), document[Usage], UsageStage.Final))
            {
                report.RecordUsage(CohereUsage.ReadTokenCount(document[TokenCount]), document[TokenCount], UsageStage.Final);
            }

            report.RecordEnd();
        }

        if (FindError(document) is { } error)
        {
            report.RecordError(error);
        }
    }

    /// <summary>Gets whether a document is the last one: a body, which has no type, or the event that ends a stream.</summary>
    private static bool IsLast(ReadOnlySpan<byte> type) =>
        !JsonValue.HasText(type)
        || JsonValue.TextEquals(type, "message-end") // Version 2
        || JsonValue.TextEquals(type, "stream-end"); // Version 1

    private static void ReadFinishReasons(UsageDocument document, UsageReport report)
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
    private static UsageError? FindError(UsageDocument document)
    {
        bool hasAnswer = JsonValue.HasText(document[Type]) || document.Has(FinishReason) || document.Has(Usage);
        return JsonValue.HasText(document[Error]) || (!hasAnswer && document.Has(Message)) ? new UsageError()
            : JsonValue.TextEquals(document[FinishReason], "ERROR") ? new UsageError { Type = "ERROR" }
            : null;
    }
}
