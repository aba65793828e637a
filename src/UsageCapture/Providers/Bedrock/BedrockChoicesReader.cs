using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>Reads the formats on Bedrock that have a list of choices: OpenAI's chat completions and similar ones.</summary>
/// <remarks>
/// There are two differences from <see cref="ChatCompletionsReader"/>. Older models have lists with other names than <c>choices</c>. AI21's
/// models report running counts on every chunk, so these are not an anomaly. Cohere's <c>meta</c> is not read: its <c>tokens</c> include a
/// template that is not billed, and its <c>billed_units</c> equal the counts in Bedrock's metrics and headers.
/// </remarks>
internal sealed class BedrockChoicesReader() : UsageReader(EventFields)
{
    /// <summary>The fields of an event, or of a body. Several paths of one field are alternatives.</summary>
    public static readonly UsageFields EventFields = new();

    private static readonly UsageField Id = EventFields.Add("id");
    private static readonly UsageField Model = EventFields.Add("model");
    private static readonly UsageField ServiceTier = EventFields.Add("service_tier");
    private static readonly UsageField Usage = EventFields.Add("usage");

    // Of OpenAI, DeepSeek, Qwen, and newer models of Mistral and AI21.
    private static readonly UsageField Choices = EventFields.Add("choices[]");

    // Of older models of Mistral, Cohere's Command and AI21's Jurassic.
    private static readonly UsageField OlderChoices = EventFields.Add("outputs[]", "generations[]", "completions[]");

    private static readonly UsageField Index = EventFields.Add("choices[].index", "generations[].index");
    private static readonly UsageField ChoiceFinishReason = EventFields.Add(
        "choices[].finish_reason", "generations[].finish_reason", "completions[].finishReason.reason");

    // Mistral, DeepSeek.
    private static readonly UsageField ChoiceStopReason = EventFields.Add("choices[].stop_reason", "outputs[].stop_reason");
    private static readonly UsageField FinishReason = EventFields.Add("finish_reason"); // Cohere's Command R

    // Whether an earlier document had counts.
    private bool _hasUsage;

    public override void Read(UsageDocument document, UsageReport report)
    {
        report.RecordServiceTier(document[ServiceTier]);
        if (document.Has(Choices))
        {
            // Only in this format does "id" name the response. In the others it names the request, or a choice.
            report.RecordResponseId(document[Id]);
            report.RecordResponseModel(document[Model]);
        }

        RecordChoices(document.Each(Choices), report);
        RecordChoices(document.Each(OlderChoices), report);
        if (JsonValue.HasText(document[FinishReason]))
        {
            report.RecordChoice(document[FinishReason]);
        }

        RecordUsage(document[Usage], report);
    }

    private static void RecordChoices(UsageElements choices, UsageReport report)
    {
        foreach (UsageElement choice in choices)
        {
            report.RecordChoice(GetFinishReason(choice), choice.GetIndex(Index));
        }
    }

    /// <summary>Gets the finish reason of a choice, or its <c>stop_reason</c> when it has none; empty when it has neither.</summary>
    private static ReadOnlySpan<byte> GetFinishReason(UsageElement choice)
    {
        ReadOnlySpan<byte> finishReason = choice[ChoiceFinishReason];
        if (!finishReason.IsEmpty)
        {
            return finishReason;
        }

        // AI21's stop_reason is the number of a token, which is not a reason.
        ReadOnlySpan<byte> stopReason = choice[ChoiceStopReason];
        return stopReason is [(byte)'"', ..] ? stopReason : default;
    }

    private void RecordUsage(ReadOnlySpan<byte> json, UsageReport report)
    {
        // The chunk with the last finish reason has the final counts.
        UsageStage stage = report.EveryChoiceFinished ? UsageStage.Final : UsageStage.Running;
        if (report.RecordUsage(OpenAIUsage.Read(json), json, stage))
        {
            report.AddAnomalies(_hasUsage ? UsageAnomalies.UsageRepeated : UsageAnomalies.None);
            _hasUsage = true;
        }
    }
}
