using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>Reads Ollama's responses: a body, or one object a line. The counts are members of the object that says that it is done.</summary>
/// <remarks>
/// The server leaves out counts of zero, and older versions left out the prompt's count when the prompt was cached. So a missing count
/// is unknown. The output includes thinking, which is not counted separately.
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

    public override bool HasInBandEndMarker => true;

    public override void Read(UsageDocument document, UsageReport report)
    {
        report.RecordResponseModel(document[Model]);
        if (document[Done] is [(byte)'t', ..])
        {
            report.RecordChoice(document[DoneReason]);
        }

        // Embeddings and errors are the last object too, but have no "done".
        bool isLast = document[Done] is not [(byte)'f', ..];
        ReadUsage(document, isLast ? UsageStage.Final : UsageStage.Running, report);
        ReadError(document[Error], report);
        if (isLast)
        {
            report.RecordEnd();
        }
    }

    private static void ReadUsage(UsageDocument document, UsageStage stage, UsageReport report)
    {
        var counts = new ScatteredCounts(report, stackalloc byte[ScatteredCounts.BufferSize]);
        var usage = new TokenUsage
        {
            InputTokens = counts.ReadCount(document[PromptCount]),
            CachedInputTokens = counts.ReadCount(document[CachedCount]),
            OutputTokens = counts.ReadCount(document[OutputCount]),
        };
        if ((usage.InputTokens ?? usage.OutputTokens) is not null)
        {
            counts.WriteCount("prompt_eval_count"u8, usage.InputTokens);
            counts.WriteCount("prompt_eval_cached_count"u8, usage.CachedInputTokens);
            counts.WriteCount("eval_count"u8, usage.OutputTokens);
            report.RecordUsage(usage, counts.UsageJson, stage);
        }
    }

    private static void ReadError(ReadOnlySpan<byte> error, UsageReport report)
    {
        if (error is [(byte)'{', ..] || JsonValue.HasText(error))
        {
            report.RecordError(ErrorObject.Read(error));
        }
    }
}
