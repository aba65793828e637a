using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>Reads usage out of Google's generateContent and embedContent: one object, server-sent events, or an array of objects.</summary>
/// <remarks>
/// Every chunk of a stream reports usage, and the reports are running totals: the last one that has counts is the response's. It is
/// final once every candidate has finished. A stream has no end of its own but that of its body; a blocked prompt ends it at once.
/// </remarks>
internal sealed class GeminiReader() : UsageReader(Chunk)
{
    private static readonly (string Name, JsonShape Value)[] Members =
    [
        ("responseId", JsonShape.Text(Slot.Id)),
        ("modelVersion", JsonShape.Text(Slot.Model)),
        ("candidates", JsonShape.Array(JsonShape.Object(
            Slot.Candidate,
            ("index", JsonShape.Text(Slot.Index)),
            ("finishReason", JsonShape.Text(Slot.FinishReason))))),
        ("promptFeedback", JsonShape.Object(("blockReason", JsonShape.Text(Slot.BlockReason)))),
        ("usageMetadata", JsonShape.Text(Slot.Usage)),
        ("error", JsonShape.Text(Slot.Error)),
    ];

    // Code Assist, which Gemini's command line calls, has all of it in a member (google-gemini/gemini-cli, code_assist/converter.ts).
    private static readonly UsageFields Chunk = new(JsonShape.Object([.. Members, ("response", JsonShape.Object(Members))]));

    protected override void Read(UsageDocument document)
    {
        JsonCaptures chunk = document.Captures;
        TakeResponseId(chunk.Last(Slot.Id));
        TakeResponseModel(chunk.Last(Slot.Model));
        ReadCandidates(chunk);
        ReadUsage(chunk.Last(Slot.Usage));
        if (JsonValue.HasText(chunk.Last(Slot.BlockReason)))
        {
            End();
        }

        if (chunk.Last(Slot.Error) is [(byte)'{', ..] error)
        {
            TakeError(ErrorObject.Read(error));
        }
    }

    private void ReadCandidates(JsonCaptures chunk)
    {
        var candidates = new Answers(chunk, Slot.Candidate);
        while (candidates.MoveNext())
        {
            ReadOnlySpan<byte> finishReason = candidates.Last(Slot.FinishReason);
            TakeFinishReason(IsUnspecified(finishReason) ? default : finishReason, candidates.Index(Slot.Index));
        }
    }

    // The reason of what goes on, where a gateway writes out the values that Google leaves out. Enumerations may come as numbers.
    private static bool IsUnspecified(ReadOnlySpan<byte> reason) =>
        reason is [(byte)'0'] || JsonValue.TextEquals(reason, "FINISH_REASON_UNSPECIFIED");

    private void ReadUsage(ReadOnlySpan<byte> json)
    {
        if (json is not [(byte)'{', ..])
        {
            return;
        }

        TakeServiceTier(JsonValue.Member(json, "trafficType")); // Vertex AI
        TakeServiceTier(JsonValue.Member(json, "serviceTier"));
        if (GeminiUsage.TryRead(json, out TokenUsage usage, out UsageAnomalies anomalies))
        {
            TakeUsage(usage, json, isFinal: EveryChoiceFinished, anomalies);
        }
        else
        {
            Flag(anomalies);
        }
    }

    private static class Slot
    {
        public const int Id = 0;
        public const int Model = 1;
        public const int Candidate = 2;
        public const int Index = 3;
        public const int FinishReason = 4;
        public const int BlockReason = 5;
        public const int Usage = 6;
        public const int Error = 7;
    }
}
