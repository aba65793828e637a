using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>
/// Reads the formats on Bedrock that have a list of choices: OpenAI's chat completions and similar ones. It also reads documents without a
/// list, such as those of Cohere's Command R.
/// </summary>
/// <remarks>
/// <para>
/// There are two differences from <see cref="ChatCompletionsReader"/>. Older models have lists with other names than <c>choices</c>. AI21's
/// models report running counts on every chunk: that they repeat is an anomaly here too, but their place, before the finish reason, is not.
/// </para>
/// <para>
/// Cohere's <c>meta</c> is not read: its <c>tokens</c> include a template that is not billed, and its <c>billed_units</c> equal the counts in
/// Bedrock's metrics and headers.
/// </para>
/// </remarks>
internal sealed class BedrockChoicesReader() : UsageReader(EventFields)
{
    /// <summary>
    /// The fields of an event, or of a body. Several paths of one field are alternatives. <see cref="BedrockInvokeReader"/> includes them in
    /// its own.
    /// </summary>
    public static readonly UsageFields EventFields = new();

    private static readonly UsageField Id = EventFields.Add("id");
    private static readonly UsageField Model = EventFields.Add("model");
    private static readonly UsageField ServiceTier = EventFields.Add("service_tier");
    private static readonly UsageField Usage = EventFields.Add("usage");

    // Used by models of OpenAI, DeepSeek and Qwen, and by newer models of Mistral and AI21.
    private static readonly UsageField Choices = EventFields.Add("choices[]");

    // Used by older models of Mistral ("outputs"), Cohere's Command ("generations") and AI21's Jurassic ("completions").
    private static readonly UsageField OlderChoices = EventFields.Add("outputs[]", "generations[]", "completions[]");

    // The other lists have no index. Their choices count as one, with index zero.
    private static readonly UsageField ChoiceIndex = EventFields.Add("choices[].index", "generations[].index");
    private static readonly UsageField ChoiceFinishReason = EventFields.Add(
        "choices[].finish_reason", "generations[].finish_reason", "completions[].finishReason.reason");

    // Used by models of Mistral and DeepSeek.
    private static readonly UsageField ChoiceStopReason = EventFields.Add("choices[].stop_reason", "outputs[].stop_reason");

    // Used by Cohere's Command R, whose documents have no list.
    private static readonly UsageField FinishReason = EventFields.Add("finish_reason");

    // Whether an earlier document had counts in a usage object. The report's counts may also be those of Bedrock's headers.
    private bool _hasUsage;

    public override void Read(UsageDocument document, UsageReport report)
    {
        report.RecordServiceTier(document[ServiceTier]);
        if (document.Has(Choices))
        {
            // Only a document with "choices" has the response's id in "id". In the others, "id" is that of the request or of a choice.
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
            report.RecordChoice(GetFinishReason(choice), choice.GetIndex(ChoiceIndex));
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
