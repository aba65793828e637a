using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>Reads chat completions and legacy completions in OpenAI's format, streamed or not.</summary>
/// <remarks>
/// A document is the whole body or one chunk of a stream. Servers report usage at different places: beside the choices, inside a choice, or
/// under <c>x_groq</c>. They report it on the chunk with the finish reason, on a later chunk without choices, or on every chunk as a
/// running total.
/// </remarks>
internal sealed class ChatCompletionsReader() : UsageReader(ChunkFields)
{
    // MiniMax sends a status with every response. Zero means success.
    private const string MiniMaxSuccess = "0";

    // The members that are read. "?": only the presence of the value is noted. Several paths of one field are alternatives.
    private static readonly UsageFields ChunkFields = new();
    private static readonly UsageField Id = ChunkFields.Add("id");
    private static readonly UsageField ObjectName = ChunkFields.Add("object");
    private static readonly UsageField Model = ChunkFields.Add("model");
    private static readonly UsageField ServiceTier = ChunkFields.Add("service_tier");
    private static readonly UsageField Usage = ChunkFields.Add("usage");
    private static readonly UsageField Choices = ChunkFields.Add("choices[]");
    private static readonly UsageField ChoiceIndex = ChunkFields.Add("choices[].index");
    private static readonly UsageField FinishReason = ChunkFields.Add("choices[].finish_reason", "choices[].finishReason"); // The latter at Google.
    private static readonly UsageField ChoiceUsage = ChunkFields.Add("choices[].usage"); // Moonshot
    private static readonly UsageField GroqUsage = ChunkFields.Add("x_groq.usage");
    private static readonly UsageField BotUsage = ChunkFields.Add("bot_usage"); // Volcengine's bots
    private static readonly UsageField Copilot = ChunkFields.Add("copilot_usage"); // GitHub Copilot
    private static readonly UsageField Timings = ChunkFields.Add("timings"); // llama.cpp
    private static readonly UsageField GroqError = ChunkFields.Add("x_groq.error");
    private static readonly UsageField MiniMaxStatus = ChunkFields.Add("base_resp.status_code");
    private static readonly OpenAIErrorFields Errors = new(ChunkFields);

    // Amazon Bedrock answers a request to an unknown path with status 200 and this member.
    private static readonly UsageField AwsFault = ChunkFields.Add("Output.__type");

    // Azure sends the results of its content filters, and OpenAI those of its moderation, in chunks without choices.
    private static readonly UsageField FilterResults = ChunkFields.Add("prompt_filter_results?", "moderation?");

    // Whether the recorded counts are those of llama.cpp's timings or of GitHub Copilot's bill. They stand in for a usage object. When a later
    // chunk has that object, it replaces them and is no repetition.
    private bool _hasSubstituteOnly;

    public override ReadOnlySpan<byte> Terminator => DoneTerminator;

    public override void Read(UsageDocument document, UsageReport report)
    {
        report.RecordResponseId(document[Id]);
        report.RecordResponseModel(document[Model]);
        report.RecordServiceTier(document[ServiceTier]);
        bool hadFinishedBefore = report.EveryChoiceFinished;
        ChoicesReading choices = RecordChoices(document, report);
        UsageError? error = FindError(document);
        if (error is not null)
        {
            report.RecordError(error);
        }

        // Usage on a chunk before the finish reason is a running total. Usage on a chunk without choices is final.
        bool isFinal = choices.Count == 0 || report.EveryChoiceFinished;
        bool hasUsage = RecordUsage(document, report, isFinal ? UsageStage.Final : UsageStage.Running);
        if (choices.Count > 0)
        {
            if (hasUsage)
            {
                AddPositionAnomalies(report, choices.HasFinishReason, hadFinishedBefore);
            }
            else if (choices.HasFinishReason && report.HasUsage)
            {
                // A running total from before the finish reason. Usually a later chunk has the final counts.
                report.UsageNeedsEndMarker = true;
            }
        }
        else if (error is null && !document.Has(FilterResults))
        {
            // A whole body without choices and usage is as unusual as such a chunk.
            report.AddAnomalies(hasUsage ? UsageAnomalies.None : UsageAnomalies.EmptyChunks);
            MarkIfUsageOnly(document, report);
        }
    }

    /// <summary>Records the finish reasons of the chunk's choices.</summary>
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

    /// <summary>Records the first of the chunk's usage objects that has counts. Groq sends the same counts at two places.</summary>
    /// <returns>Whether the chunk has counts in a usage object or in GitHub Copilot's bill.</returns>
    private bool RecordUsage(UsageDocument document, UsageReport report, UsageStage stage)
    {
        if (OpenAIUsageRecorder.TryRecord(report, document[Usage], stage, replacesCounts: _hasSubstituteOnly)
            || OpenAIUsageRecorder.TryRecord(report, document[GroqUsage], stage, replacesCounts: _hasSubstituteOnly)
            || OpenAIUsageRecorder.TryRecord(report, document[ChoiceUsage], stage, replacesCounts: _hasSubstituteOnly)
            || (document[BotUsage] is { IsEmpty: false } botUsage && BotUsages.TryRecord(botUsage, report, stage)))
        {
            _hasSubstituteOnly = false;
            return true;
        }

        if (CopilotUsage.TryRecord(report, document[Copilot], stage, replacesCounts: _hasSubstituteOnly))
        {
            _hasSubstituteOnly = true;
            return true;
        }

        // Timings are not a usage object, so the result stays false and their position is not checked.
        if ((!report.HasUsage || _hasSubstituteOnly) && document[Timings] is { IsEmpty: false } timings && LlamaTimings.Read(timings) is { } usage)
        {
            _hasSubstituteOnly = true;
            report.RecordUsage(usage, timings, stage, UsageAnomalies.None);
        }

        return false;
    }

    /// <summary>
    /// Notes the unusual position of usage on a chunk with choices: without a finish reason, or after all choices had finished.
    /// </summary>
    private static void AddPositionAnomalies(UsageReport report, bool hasFinishReason, bool hadFinishedBefore)
    {
        if (!hasFinishReason)
        {
            report.AddAnomalies(UsageAnomalies.UsageWithoutFinishReason);
        }

        if (hadFinishedBefore)
        {
            report.AddAnomalies(UsageAnomalies.UsageAfterFinish);
        }
    }

    /// <summary>
    /// Records when a chunk without choices has only usage, like the chunk that <c>stream_options.include_usage</c> adds to a stream.
    /// </summary>
    private static void MarkIfUsageOnly(UsageDocument document, UsageReport report)
    {
        // A chunk with an "error" member is not such a chunk, even when the member is null. An oversized document has values that were not
        // kept, so it may have more than usage.
        bool hasUsageObject = document[Usage] is [(byte)'{', ..];
        if (hasUsageObject && !document.Has(Errors.Error) && !document.IsOversized)
        {
            report.MarkAsUsageOnly();
        }
    }

    private static UsageError? FindError(UsageDocument document)
    {
        if (Errors.FindError(document) is { } error)
        {
            return error;
        }

        // In SGLang and older versions of vLLM, the chunk itself is the error object.
        if (JsonValue.TextEquals(document[ObjectName], "error"))
        {
            return Errors.ReadFlatError(document);
        }

        // Groq's error is a message, which is not kept: no code and no type.
        if (document[GroqError] is [(byte)'"', not (byte)'"', ..])
        {
            return new UsageError();
        }

        return ErrorReader.ReadAwsFault(document[AwsFault]) ?? FindMiniMaxError(document);
    }

    private static UsageError? FindMiniMaxError(UsageDocument document) =>
        document.GetText(MiniMaxStatus) is { } code and not MiniMaxSuccess ? new UsageError { Code = code } : null;

    /// <summary>The result of reading the choices of one chunk.</summary>
    /// <param name="Count">How many choices the chunk has.</param>
    /// <param name="HasFinishReason">Whether at least one of them has a finish reason.</param>
    private readonly record struct ChoicesReading(int Count, bool HasFinishReason);
}
