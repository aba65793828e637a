using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>
/// The iterations of one message, which Anthropic lists in <c>usage.iterations</c>. An iteration is one run of a model, with its own counts.
/// </summary>
/// <param name="Items">The iterations, in order.</param>
/// <param name="Anomalies">The anomalies of the counts in the list, such as a count that is not a number.</param>
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
            UsageCounts<AnthropicCount> counts = AnthropicUsageObject.Read(element);
            anomalies |= counts.Anomalies;
            if (counts.IsObject) // Anything else cannot be read, and the anomalies tell when it is a damaged object.
            {
                items.Add(new UsageIteration
                {
                    Type = JsonValue.GetText(JsonValue.FindMember(element, "type"), MaxTextLength) ?? "",
                    Model = JsonValue.GetText(JsonValue.FindMember(element, "model"), MaxTextLength),
                    Usage = AnthropicUsageObject.Normalize(counts),
                    IsInTotal = false, // Set by MarkItemsInTotal, which needs the whole list.
                });
            }
        }

        MarkItemsInTotal(items);
        return new(items, anomalies);
    }

    /// <summary>Marks the iterations that the message's total includes.</summary>
    /// <remarks>
    /// Anthropic's reference of <c>usage.iterations</c> says that the total includes the iterations of type <c>message</c>, and excludes
    /// those of type <c>compaction</c> and <c>advisor_message</c>. When the first model declines and another one answers, the list has a
    /// <c>fallback_message</c> with the answering model, and the total includes only the iterations of that model. An unknown type is treated
    /// as excluded, so that the record shows that there may be more usage.
    /// </remarks>
    private static void MarkItemsInTotal(List<UsageIteration> items)
    {
        int fallbackIndex = items.FindLastIndex(item => item.Type == "fallback_message");
        string? answeringModel = fallbackIndex < 0 ? null : items[fallbackIndex].Model;
        for (int i = 0; i < items.Count; i++)
        {
            // Without a fallback, all messages are by the model of the response.
            bool countsForAnswer = fallbackIndex < 0 || (items[i].Model is { } model && model == answeringModel);
            bool isMessageInTotal = items[i].Type == "message" && countsForAnswer;
            items[i] = items[i] with { IsInTotal = i == fallbackIndex || isMessageInTotal };
        }
    }
}
