using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>Reads the responses of llama.cpp's own completion API: a body, or the events of a stream.</summary>
/// <remarks>
/// <para>
/// A request may have several prompts. Then a body is an array, each event belongs to one prompt, and <c>index</c> tells which. The counts
/// are added up over the prompts. In newer servers, each event has the counts of its prompt so far.
/// </para>
/// <para>
/// The cached part of the prompt is <c>timings.cache_n</c>. The member <c>tokens_cached</c> is something else: the length of the server's
/// memory after the answer, which includes the output.
/// </para>
/// </remarks>
internal sealed class LlamaCppReader() : UsageReader(DocumentFields)
{
    private static readonly UsageFields DocumentFields = new();
    private static readonly UsageField Index = DocumentFields.Add("index");
    private static readonly UsageField Model = DocumentFields.Add("model");
    private static readonly UsageField Stop = DocumentFields.Add("stop");
    private static readonly UsageField StopType = DocumentFields.Add("stop_type");
    private static readonly UsageField StoppedByLimit = DocumentFields.Add("stopped_limit");
    private static readonly UsageField StoppedByWord = DocumentFields.Add("stopped_word");
    private static readonly UsageField InputCount = DocumentFields.Add("tokens_evaluated");
    private static readonly UsageField OutputCount = DocumentFields.Add("tokens_predicted");
    private static readonly UsageField CachedCount = DocumentFields.Add("timings.cache_n");
    private static readonly OpenAIErrorFields Errors = new(DocumentFields);

    // By index: the last counts of each prompt.
    private readonly Dictionary<int, TokenUsage> _usageByPrompt = [];

    // Whether a document has said that its answer continues. Only events say so.
    private bool _isStream;

    public override void Read(UsageDocument document, UsageReport report)
    {
        report.RecordResponseModel(document[Model]);
        if (Errors.FindError(document) is { } error)
        {
            report.RecordError(error);
        }

        bool hasStopped = JsonValue.IsTrue(document[Stop]);
        if (document.Has(Stop))
        {
            _isStream |= !hasStopped;
            int index = JsonValue.GetIndex(document[Index], UsageReport.MaxChoices);
            report.RecordChoice(hasStopped ? GetFinishReason(document) : default, index);

            // In a body, the answers to other prompts may follow, so its counts are final only at its end.
            UsageStage stage = _isStream && report.EveryChoiceFinished ? UsageStage.Final : UsageStage.Running;
            RecordUsage(document, index, stage, report);
        }
    }

    private void RecordUsage(UsageDocument document, int index, UsageStage stage, UsageReport report)
    {
        var counts = new ScatteredCounts(report, stackalloc byte[ScatteredCounts.BufferSize]);
        var usage = new TokenUsage
        {
            InputTokens = counts.ReadCount(document[InputCount]),
            CachedInputTokens = counts.ReadCount(document[CachedCount]),
            OutputTokens = counts.ReadCount(document[OutputCount]),
        };
        if (usage.InputTokens is null && usage.OutputTokens is null)
        {
            return; // An older server sends the counts only in the last event.
        }

        _usageByPrompt[index] = usage;
        TokenUsage sum = _usageByPrompt.Values.Aggregate((total, next) => total.Plus(next));

        // The format has no usage object, so one is built for the raw usage.
        counts.WriteCount("tokens_evaluated"u8, sum.InputTokens);
        counts.WriteCount("cache_n"u8, sum.CachedInputTokens);
        counts.WriteCount("tokens_predicted"u8, sum.OutputTokens);
        report.RecordUsage(sum, counts.UsageJson, stage, UsageAnomalies.None);
    }

    /// <summary>Gets the JSON text of the reason. Servers before December 2024 have a Boolean for each reason instead.</summary>
    private static ReadOnlySpan<byte> GetFinishReason(UsageDocument document) =>
        JsonValue.HasText(document[StopType]) ? document[StopType]
        : JsonValue.IsTrue(document[StoppedByLimit]) ? "\"limit\""u8
        : JsonValue.IsTrue(document[StoppedByWord]) ? "\"word\""u8
        : "\"eos\""u8;
}
