using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>Reads usage out of OpenAI chat completions, streamed or not, wherever a server of that protocol puts it.</summary>
/// <remarks>
/// Of usage reported more than once the last counts, for reports are running totals; of ids and models the first; of a choice's
/// finish reasons the last.
/// </remarks>
internal sealed class ChatCompletionsReader() : OpenAIReader(Chunk)
{
    private static readonly UsageFields Chunk = new(JsonShape.Object(
        ("id", JsonShape.Text(Slot.Id)),
        ("object", JsonShape.Text(Slot.ObjectName)),
        ("model", JsonShape.Text(Slot.Model)),
        ("choices", JsonShape.Array(JsonShape.Object(
            Slot.Choice,
            ("index", JsonShape.Text(Slot.ChoiceIndex)),
            ("finish_reason", JsonShape.Text(Slot.FinishReason)),
            ("usage", JsonShape.Text(Slot.ChoiceUsage))))),
        ("usage", JsonShape.Text(Slot.Usage)),
        ("x_groq", JsonShape.Object(
            ("usage", JsonShape.Text(Slot.GroqUsage)),
            ("error", JsonShape.Text(Slot.GroqError)))),
        ("service_tier", JsonShape.Text(Slot.ServiceTier)),
        ("prompt_filter_results", JsonShape.Presence(Slot.FilterResults)),
        ("moderation", JsonShape.Presence(Slot.FilterResults)), // OpenAI's own, in a chunk behind that with the usage.
        ("error", JsonShape.Text(Slot.Error)),
        ("code", JsonShape.Text(Slot.FlatErrorCode)),
        ("type", JsonShape.Text(Slot.FlatErrorType)),
        ("param", JsonShape.Text(Slot.FlatErrorParameter)),
        ("Output", JsonShape.Object(("__type", JsonShape.Text(Slot.BedrockFault)))),
        ("base_resp", JsonShape.Object(("status_code", JsonShape.Text(Slot.MiniMaxStatus))))));

    protected override void Read(UsageDocument document)
    {
        JsonCaptures chunk = document.Captures;
        TakeResponseId(chunk.Last(Slot.Id));
        TakeResponseModel(chunk.Last(Slot.Model));
        TakeServiceTier(chunk.Last(Slot.ServiceTier));
        bool hadFinished = EveryChoiceFinished;
        int choices = ReadChoices(chunk, out bool finishes);
        bool isError = ReadError(chunk);
        bool hasUsage = ReadUsage(chunk, choices);
        if (hasUsage && choices > 0)
        {
            Flag(finishes ? UsageAnomalies.None : UsageAnomalies.UsageWithoutFinishReason);
            Flag(hadFinished ? UsageAnomalies.UsageAfterFinish : UsageAnomalies.None);
        }
        else if (!hasUsage && choices == 0 && !isError && !chunk.Has(Slot.FilterResults))
        {
            Flag(UsageAnomalies.EmptyChunks);
        }
    }

    /// <summary>Reads what the choices of a chunk say.</summary>
    /// <param name="chunk">The chunk.</param>
    /// <param name="finishes">Whether one of them has a finish reason.</param>
    /// <returns>How many choices there are.</returns>
    private int ReadChoices(JsonCaptures chunk, out bool finishes)
    {
        finishes = false;
        var choices = new Answers(chunk, Slot.Choice);
        while (choices.MoveNext())
        {
            finishes |= TakeFinishReason(choices.Last(Slot.FinishReason), choices.Index(Slot.ChoiceIndex));
        }

        return choices.Count;
    }

    // One source a chunk: Groq repeats the same counts in two of these.
    private bool ReadUsage(JsonCaptures chunk, int choices) =>
        ReadUsage(chunk.Last(Slot.Usage), choices) || ReadUsage(chunk.Last(Slot.GroqUsage), choices)
        || ReadUsage(chunk.Last(Slot.ChoiceUsage), choices);

    private bool ReadUsage(ReadOnlySpan<byte> json, int choices) => TakeUsage(json, isFinal: choices == 0 || EveryChoiceFinished);

    private bool ReadError(JsonCaptures chunk)
    {
        ReadOnlySpan<byte> code = chunk.Last(Slot.FlatErrorCode);
        ReadOnlySpan<byte> type = chunk.Last(Slot.FlatErrorType);
        ReadOnlySpan<byte> parameter = chunk.Last(Slot.FlatErrorParameter);
        if (TakeError(chunk.Last(Slot.Error), code, type, parameter))
        {
            return true;
        }

        if (JsonValue.TextEquals(chunk.Last(Slot.ObjectName), "error"))
        {
            // SGLang, older vLLM: the error's members stand in the chunk itself.
            TakeError(ErrorObject.Of(code, type, parameter));
        }
        else if (chunk.Last(Slot.GroqError) is [(byte)'"', not (byte)'"', ..])
        {
            TakeError(new UsageError());
        }
        else if (ErrorObject.Bedrock(chunk.Last(Slot.BedrockFault)) is { } fault)
        {
            TakeError(fault);
        }
        else if (ErrorObject.MiniMax(chunk.Last(Slot.MiniMaxStatus)) is { } error)
        {
            TakeError(error);
        }
        else
        {
            return false;
        }

        return true;
    }

    private static class Slot
    {
        public const int Id = 0;
        public const int ObjectName = 1;
        public const int Model = 2;
        public const int Choice = 3;
        public const int ChoiceIndex = 4;
        public const int FinishReason = 5;
        public const int ChoiceUsage = 6;
        public const int Usage = 7;
        public const int GroqUsage = 8;
        public const int GroqError = 9;
        public const int ServiceTier = 10;
        public const int FilterResults = 11;
        public const int Error = 12;
        public const int FlatErrorCode = 13;
        public const int FlatErrorType = 14;
        public const int FlatErrorParameter = 15;
        public const int MiniMaxStatus = 16;
        public const int BedrockFault = 17;
    }
}
