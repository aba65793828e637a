using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>The inferences that Anthropic lists in <c>usage.iterations</c>, and what was odd about them.</summary>
/// <param name="Items">The inferences, in order.</param>
/// <param name="Anomalies">
/// What was odd, with <see cref="UsageAnomalies.IterationsOutsideTotal"/> when the counts beside the list exclude some of them.
/// </param>
internal readonly record struct AnthropicIterations(IReadOnlyList<UsageIteration> Items, UsageAnomalies Anomalies)
{
    private const int MaxText = 256;

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
                    Type = JsonValue.GetText(JsonValue.Member(element, "type"), MaxText) ?? "",
                    Model = JsonValue.GetText(JsonValue.Member(element, "model"), MaxText),
                    Usage = AnthropicCounts.Normalize(counts),
                    IsInTotal = false,
                });
            }
        }

        MarkThoseInTotal(items);
        bool allInTotal = items.TrueForAll(item => item.IsInTotal);
        return new(items, anomalies | (allInTotal ? UsageAnomalies.None : UsageAnomalies.IterationsOutsideTotal));
    }

    /// <summary>Marks the inferences that the counts beside the list include.</summary>
    /// <remarks>
    /// By the API's reference of <c>usage.iterations</c>, the counts include those of type <c>message</c>, and exclude those of type
    /// <c>compaction</c> and <c>advisor_message</c>. A <c>fallback_message</c> ends an answer that another model gave after the first one
    /// declined: then the counts are those of the model that answered. An unknown type counts as excluded, so that the record says that
    /// there is more.
    /// </remarks>
    private static void MarkThoseInTotal(List<UsageIteration> items)
    {
        int fallback = items.FindLastIndex(item => item.Type == "fallback_message");
        string? answeringModel = fallback < 0 ? null : items[fallback].Model;
        for (int i = 0; i < items.Count; i++)
        {
            bool isByAnsweringModel = fallback < 0 || (items[i].Model is { } model && model == answeringModel);
            items[i] = items[i] with { IsInTotal = i == fallback || (items[i].Type == "message" && isByAnsweringModel) };
        }
    }
}
