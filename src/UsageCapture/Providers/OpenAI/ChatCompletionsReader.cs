using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>Reads chat completions and legacy completions of OpenAI's form, streamed or not. A document is the body or one chunk.</summary>
/// <remarks>
/// Servers report usage at different places: beside the choices, inside one, or under <c>x_groq</c>; on the last chunk, behind it, or on
/// every chunk as a running total.
/// </remarks>
internal sealed class ChatCompletionsReader() : UsageReader(Chunk)
{
    // MiniMax sends a status with every response. Zero means success.
    private const string MiniMaxSuccess = "0";

    private static readonly UsageFields Chunk = new();
    private static readonly UsageField Id = Chunk.Add("id");
    private static readonly UsageField ObjectName = Chunk.Add("object");
    private static readonly UsageField Model = Chunk.Add("model");
    private static readonly UsageField ServiceTier = Chunk.Add("service_tier");
    private static readonly UsageField Usage = Chunk.Add("usage");
    private static readonly UsageField Choices = Chunk.Add("choices[]");
    private static readonly UsageField ChoiceIndex = Chunk.Add("choices[].index");
    private static readonly UsageField FinishReason = Chunk.Add("choices[].finish_reason");
    private static readonly UsageField ChoiceUsage = Chunk.Add("choices[].usage"); // Moonshot
    private static readonly UsageField GroqUsage = Chunk.Add("x_groq.usage");
    private static readonly UsageField GroqError = Chunk.Add("x_groq.error");
    private static readonly UsageField MiniMaxStatus = Chunk.Add("base_resp.status_code");
    private static readonly UsageField AwsFault = Chunk.Add("Output.__type");
    private static readonly OpenAIErrorFields Errors = new(Chunk);

    // Azure's content filters, and OpenAI's moderation, which comes in a chunk of its own behind the one with the usage.
    private static readonly UsageField FilterResults = Chunk.Add("prompt_filter_results?", "moderation?");

    public override ReadOnlySpan<byte> Terminator => OpenAIReport.Terminator;

    public override void Read(UsageDocument document, UsageReport report)
    {
        report.RecordResponseId(document[Id]);
        report.RecordResponseModel(document[Model]);
        report.RecordServiceTier(document[ServiceTier]);
        bool hadFinished = report.EveryChoiceFinished;
        ChoicesReading choices = RecordChoices(document, report);
        UsageError? error = FindError(document);
        if (error is not null)
        {
            report.RecordError(error);
        }

        bool isFinal = choices.Count == 0 || report.EveryChoiceFinished;
        bool hasUsage = RecordUsage(document, report, isFinal ? UsageStage.Final : UsageStage.Running);
        if (choices.Count > 0)
        {
            AddPlaceAnomalies(report, hasUsage, choices.HasFinishReason, hadFinished);
        }
        else if (error is null && !document.Has(FilterResults))
        {
            report.AddAnomalies(hasUsage ? UsageAnomalies.None : UsageAnomalies.EmptyChunks);
            RecordUsageOnly(document, report);
        }
    }

    private static ChoicesReading RecordChoices(UsageDocument document, UsageReport report)
    {
        int count = 0;
        bool hasFinishReason = false;
        foreach (UsageElement choice in document.Each(Choices))
        {
            count++;
            hasFinishReason |= report.RecordChoice(choice[FinishReason], choice.GetIndex(ChoiceIndex));
        }

        return new ChoicesReading(count, hasFinishReason);
    }

    /// <summary>Records the first usage object of the chunk that has counts. Groq repeats the same counts at two places.</summary>
    private static bool RecordUsage(UsageDocument document, UsageReport report, UsageStage stage) =>
        OpenAIReport.RecordUsage(report, document[Usage], stage)
        || OpenAIReport.RecordUsage(report, document[GroqUsage], stage)
        || OpenAIReport.RecordUsage(report, document[ChoiceUsage], stage);

    /// <summary>Notes usage that a chunk with choices has before or after the chunk that finishes them.</summary>
    private static void AddPlaceAnomalies(UsageReport report, bool hasUsage, bool hasFinishReason, bool hadFinished)
    {
        if (hasUsage)
        {
            report.AddAnomalies(
                (hasFinishReason ? UsageAnomalies.None : UsageAnomalies.UsageWithoutFinishReason)
                | (hadFinished ? UsageAnomalies.UsageAfterFinish : UsageAnomalies.None));
        }
    }

    /// <summary>Records that the chunk has usage only, if it is the chunk that <c>stream_options.include_usage</c> adds to a stream.</summary>
    private static void RecordUsageOnly(UsageDocument document, UsageReport report)
    {
        if (document[Usage] is [(byte)'{', ..] && !document.Has(Errors.Error) && !document.IsOversized)
        {
            report.RecordUsageOnly();
        }
    }

    private static UsageError? FindError(UsageDocument document)
    {
        if (Errors.FindError(document) is { } error)
        {
            return error;
        }

        // SGLang and older versions of vLLM: the chunk itself is the error object.
        if (JsonValue.TextEquals(document[ObjectName], "error"))
        {
            return Errors.ReadFlatError(document);
        }

        // Groq sends only the error's message.
        if (document[GroqError] is [(byte)'"', not (byte)'"', ..])
        {
            return new UsageError();
        }

        return ErrorObject.FromAwsFault(document[AwsFault]) ?? FindMiniMaxError(document);
    }

    private static UsageError? FindMiniMaxError(UsageDocument document) =>
        document.GetText(MiniMaxStatus) is { } code and not MiniMaxSuccess ? new UsageError { Code = code } : null;

    /// <summary>What the choices of one chunk say.</summary>
    private readonly record struct ChoicesReading(int Count, bool HasFinishReason);
}
