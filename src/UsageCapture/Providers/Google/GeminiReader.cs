using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>Reads responses of Google's generateContent and embedContent: one object, server-sent events, or an array of objects.</summary>
/// <remarks>
/// Every chunk of a stream reports usage as a running total. The counts are final when every candidate (a choice, in Google's words) has
/// finished. There is no end marker: the stream is over when the HTTP body ends. A response to a blocked prompt has no candidates, so it is
/// complete when the reason of the block has been read.
/// </remarks>
internal sealed class GeminiReader() : UsageReader(ChunkFields)
{
    // The second path of each field is for Google's Code Assist, which puts the whole chunk into "response" (google-gemini/gemini-cli,
    // code_assist/converter.ts).
    private static readonly UsageFields ChunkFields = new();
    private static readonly UsageField Id = ChunkFields.Add("responseId", "response.responseId");
    private static readonly UsageField Model = ChunkFields.Add("modelVersion", "response.modelVersion");
    private static readonly UsageField Candidates = ChunkFields.Add("candidates[]", "response.candidates[]");
    private static readonly UsageField Index = ChunkFields.Add("candidates[].index", "response.candidates[].index");
    private static readonly UsageField FinishReason = ChunkFields.Add("candidates[].finishReason", "response.candidates[].finishReason");
    private static readonly UsageField BlockReason = ChunkFields.Add("promptFeedback.blockReason", "response.promptFeedback.blockReason");
    private static readonly UsageField Usage = ChunkFields.Add("usageMetadata", "response.usageMetadata");
    private static readonly UsageField Error = ChunkFields.Add("error", "response.error");

    public override void Read(UsageDocument document, UsageReport report)
    {
        report.RecordResponseId(document[Id]);
        report.RecordResponseModel(document[Model]);
        foreach (UsageElement candidate in document.Each(Candidates))
        {
            ReadOnlySpan<byte> reason = candidate[FinishReason];
            // An empty reason records a choice that has not finished.
            report.RecordChoice(IsUnspecified(reason) ? default : reason, candidate.GetIndex(Index));
        }

        RecordUsage(document[Usage], report);
        if (JsonValue.HasText(document[BlockReason]))
        {
            report.RecordEnd();
        }

        if (document[Error] is [(byte)'{', ..] error)
        {
            report.RecordError(ErrorReader.Read(error));
        }
    }

    // Google omits the reason until the candidate has finished. Some gateways send the default of the enum instead, by name or by number.
    private static bool IsUnspecified(ReadOnlySpan<byte> reason) =>
        reason is [(byte)'0'] || JsonValue.TextEquals(reason, "FINISH_REASON_UNSPECIFIED");

    private static void RecordUsage(ReadOnlySpan<byte> json, UsageReport report)
    {
        foreach (JsonMember member in new JsonMembers(json))
        {
            if (member.NameEquals("serviceTier"u8) || member.NameEquals("trafficType"u8)) // Vertex AI calls it trafficType.
            {
                report.RecordServiceTier(member.Value);
            }
        }

        UsageStage stage = report.EveryChoiceFinished ? UsageStage.Final : UsageStage.Running;
        report.RecordUsage(GeminiUsage.ReadMetadata(json), json, stage);
    }
}
