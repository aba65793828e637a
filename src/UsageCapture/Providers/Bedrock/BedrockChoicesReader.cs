using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>Reads the formats on Bedrock that list their choices: OpenAI's chat completions and those that resemble them.</summary>
/// <remarks>
/// Unlike <see cref="ChatCompletionsReader"/>, it reads the lists that older models have for <c>choices</c>, and takes running counts on
/// every chunk for usual, as AI21's models on Bedrock send them. Cohere's <c>meta</c> is not read: its tokens include a template that is not
/// billed, and the counts that it calls billed are those of Bedrock's metrics and headers.
/// </remarks>
internal sealed class BedrockChoicesReader() : UsageReader(EventFields)
{
    /// <summary>The fields of an event, or of a body.</summary>
    public static readonly UsageFields EventFields = new();

    private static readonly UsageField Id = EventFields.Add("id");
    private static readonly UsageField Model = EventFields.Add("model");
    private static readonly UsageField ServiceTier = EventFields.Add("service_tier");
    private static readonly UsageField Usage = EventFields.Add("usage");

    // OpenAI, DeepSeek, Qwen, newer models of Mistral and AI21.
    private static readonly UsageField Choices = EventFields.Add("choices[]");

    // Older models of Mistral, Cohere's Command, AI21's Jurassic.
    private static readonly UsageField OlderChoices = EventFields.Add("outputs[]", "generations[]", "completions[]");

    private static readonly UsageField Index = EventFields.Add("choices[].index", "generations[].index");
    private static readonly UsageField ChoiceFinishReason = EventFields.Add(
        "choices[].finish_reason", "generations[].finish_reason", "completions[].finishReason.reason");

    private static readonly UsageField ChoiceStopReason = EventFields.Add("choices[].stop_reason", "outputs[].stop_reason"); // Mistral, DeepSeek
    private static readonly UsageField FinishReason = EventFields.Add("finish_reason"); // Cohere's Command R

    private bool _hasUsage;

    public override void Read(UsageDocument document, UsageReport report)
    {
        report.RecordServiceTier(document[ServiceTier]);
        if (document.Has(Choices))
        {
            // The ids of the other formats name the request, or one choice.
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
            report.RecordChoice(GetReason(choice), choice.GetIndex(Index));
        }
    }

    /// <summary>Gets the reason, which some models have as <c>stop_reason</c>. AI21's <c>stop_reason</c> is the number of a token.</summary>
    private static ReadOnlySpan<byte> GetReason(UsageElement choice) =>
        choice[ChoiceFinishReason] is [] && choice[ChoiceStopReason] is [(byte)'"', ..] reason ? reason : choice[ChoiceFinishReason];

    private void RecordUsage(ReadOnlySpan<byte> json, UsageReport report)
    {
        UsageStage stage = report.EveryChoiceFinished ? UsageStage.Final : UsageStage.Running;
        if (report.RecordUsage(OpenAIUsage.Read(json), json, stage))
        {
            report.AddAnomalies(_hasUsage ? UsageAnomalies.UsageRepeated : UsageAnomalies.None);
            _hasUsage = true;
        }
    }
}
