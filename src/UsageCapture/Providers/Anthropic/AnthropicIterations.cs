using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>
/// The inferences of one message, which Anthropic lists in <c>usage.iterations</c>: runs of a model, each with its own counts.
/// </summary>
/// <param name="Items">The inferences, in order.</param>
/// <param name="Anomalies">
/// What was odd about the list. <see cref="UsageAnomalies.IterationsOutsideTotal"/> when the counts of the message exclude an inference.
/// </param>
internal readonly record struct AnthropicIterations(IReadOnlyList<UsageIteration> Items, UsageAnomalies Anomalies)
{
    // Types and names of models are far shorter. The limit is for damaged and hostile responses.
    private const int MaxTextLength = 256;

    /// <summary>Reads the list.</summary>
    /// <param name="list">The JSON text of the array.</param>
    public static AnthropicIterations Read(ReadOnlySpan<byte> list)
    {
        List<UsageIteration> items = [];
        UsageAnomalies anomalies = UsageAnomalies.None;
        foreach (ReadOnlySpan<byte> element in new JsonElements(list))
        {
            UsageCounts<AnthropicCount> counts = AnthropicCounts.Read(element);
            anomalies |= counts.Anomalies;
            if (counts.IsObject)
            {
                items.Add(new UsageIteration
                {
                    Type = JsonValue.GetText(JsonValue.Member(element, "type"), MaxTextLength) ?? "",
                    Model = JsonValue.GetText(JsonValue.Member(element, "model"), MaxTextLength),
                    Usage = AnthropicCounts.Normalize(counts),
                    IsInTotal = false, // Set by MarkThoseInTotal, which needs the whole list.
                });
            }
        }

        MarkThoseInTotal(items);
        bool allInTotal = items.TrueForAll(item => item.IsInTotal);
        return new(items, anomalies | (allInTotal ? UsageAnomalies.None : UsageAnomalies.IterationsOutsideTotal));
    }

    /// <summary>Marks the inferences that the counts of the message include.</summary>
    /// <remarks>
    /// Anthropic's reference of <c>usage.iterations</c> says that the counts include the inferences of type <c>message</c>, and exclude
    /// those of type <c>compaction</c> and <c>advisor_message</c>. When the first model declines and another one answers, the answer ends
    /// with a <c>fallback_message</c>, and the counts are those of the answering model. An unknown type is treated as excluded, so that the
    /// record shows that there may be more usage.
    /// </remarks>
    private static void MarkThoseInTotal(List<UsageIteration> items)
    {
        int fallbackIndex = items.FindLastIndex(item => item.Type == "fallback_message");
        string? answeringModel = fallbackIndex < 0 ? null : items[fallbackIndex].Model;
        for (int i = 0; i < items.Count; i++)
        {
            bool isByAnsweringModel = fallbackIndex < 0 || (items[i].Model is { } model && model == answeringModel);
            bool isMessageInTotal = items[i].Type == "message" && isByAnsweringModel;
            items[i] = items[i] with { IsInTotal = i == fallbackIndex || isMessageInTotal };
        }
    }
}
