using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>
/// Reads responses of Ollama's API: a body, or a stream with one JSON object per line. The object with <c>done: true</c> has the counts.
/// </summary>
/// <remarks>
/// The server omits counts of zero, and older versions omit the prompt's count when the prompt was cached. So a missing count is unknown.
/// The output includes thinking, which has no count of its own.
/// </remarks>
internal sealed class OllamaReader() : UsageReader(LineFields)
{
    private static readonly UsageFields LineFields = new();
    private static readonly UsageField Model = LineFields.Add("model");
    private static readonly UsageField Done = LineFields.Add("done");
    private static readonly UsageField DoneReason = LineFields.Add("done_reason");
    private static readonly UsageField PromptCount = LineFields.Add("prompt_eval_count");
    private static readonly UsageField CachedCount = LineFields.Add("prompt_eval_cached_count");
    private static readonly UsageField OutputCount = LineFields.Add("eval_count");
    private static readonly UsageField Error = LineFields.Add("error");

    // The stream is one JSON object after another, so the end of an object is not the end of the response. The last
    // object has "done": true.
    public override bool HasInBandEndMarker => true;

    public override void Read(UsageDocument document, UsageReport report)
    {
        report.RecordResponseModel(document[Model]);
        if (JsonValue.IsTrue(document[Done]))
        {
            report.RecordChoice(document[DoneReason]);

            // A request without a prompt loads the model into memory, or unloads it.
            report.RanNoModel = JsonValue.TextEquals(document[DoneReason], "load") || JsonValue.TextEquals(document[DoneReason], "unload");
        }

        // Responses with embeddings or an error have no "done" and are complete. So only "done": false means that more objects follow.
        bool isLast = document[Done] is not [(byte)'f', ..];
        RecordUsage(document, isLast ? UsageStage.Final : UsageStage.Running, report);
        RecordError(document[Error], report);
        if (isLast)
        {
            report.RecordEnd();
        }
    }

    private static void RecordUsage(UsageDocument document, UsageStage stage, UsageReport report)
    {
        var counts = new ScatteredCounts(report, stackalloc byte[ScatteredCounts.BufferSize]);
        var usage = new TokenUsage
        {
            InputTokens = counts.ReadCount(document[PromptCount]),
            CachedInputTokens = counts.ReadCount(document[CachedCount]),
            OutputTokens = counts.ReadCount(document[OutputCount]),
        };
        if (usage.InputTokens is not null || usage.OutputTokens is not null)
        {
            // The format has no usage object, so one is built for the raw usage.
            counts.WriteCount("prompt_eval_count"u8, usage.InputTokens);
            counts.WriteCount("prompt_eval_cached_count"u8, usage.CachedInputTokens);
            counts.WriteCount("eval_count"u8, usage.OutputTokens);
            report.RecordUsage(usage, counts.UsageJson, stage);
        }
    }

    private static void RecordError(ReadOnlySpan<byte> error, UsageReport report)
    {
        if (error is [(byte)'{', ..] || JsonValue.HasText(error))
        {
            report.RecordError(ErrorReader.Read(error));
        }
    }
}
