using System.Net.Http.Headers;

using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>
/// Reads the responses of Bedrock's Converse: a body, or the events of a stream. The last event, <c>metadata</c>, has the usage.
/// </summary>
/// <remarks>
/// The kind of an event is inferred from its members, because gateways may drop the headers that name it. Some gateways wrap the payload of
/// an event in an object with the event's name: <c>{"metadata":{"usage":…}}</c>. Events in the Nova models' own format are wrapped in the same way.
/// </remarks>
internal sealed class BedrockConverseReader() : UsageReader(EventFields)
{
    /// <summary>
    /// The fields of an event, or of a body. "?": only the presence of the value is noted. Several paths of one field are alternatives.
    /// <see cref="BedrockInvokeReader"/> includes them in its own, because it hands the documents of Nova models to this reader.
    /// </summary>
    public static readonly UsageFields EventFields = new();

    private static readonly UsageField Output = EventFields.Add("output?"); // Only a body has it.
    private static readonly UsageField StopReason = EventFields.Add("stopReason", "messageStop.stopReason");
    private static readonly UsageField Usage = EventFields.Add("usage", "metadata.usage");

    // A wrapped event has the first member. An event that is not wrapped has the members of metadata itself, such as metrics.
    private static readonly UsageField Metadata = EventFields.Add("metadata?", "metrics?");
    private static readonly UsageField ServiceTier = EventFields.Add("serviceTier.type", "metadata.serviceTier.type");
    private static readonly UsageField RoutedModel =
        EventFields.Add("trace.promptRouter.invokedModelId", "metadata.trace.promptRouter.invokedModelId");

    private static readonly BedrockErrorFields Errors = new(EventFields);

    // Whether an earlier document had counts in a usage object. The report's counts may also be those of Bedrock's headers.
    private bool _hasUsage;

    public override void ReadHeaders(HttpResponseHeaders headers, UsageReport report) => BedrockHeaders.RecordError(headers, report);

    public override void Read(UsageDocument document, UsageReport report)
    {
        report.RecordServiceTier(document[ServiceTier]);
        report.RecordResponseModel(document[RoutedModel]);
        if (Errors.FindError(document) is { } error)
        {
            report.RecordError(error);
        }

        if (JsonValue.HasText(document[StopReason]))
        {
            report.RecordChoice(document[StopReason]);
        }

        RecordUsage(document[Usage], report);
        bool isMetadata = document.Has(Metadata) || !document[Usage].IsEmpty;
        bool isBody = document.Has(Output);

        // A body has usage and metrics too, but it is complete when its JSON is.
        if (isMetadata && !isBody)
        {
            report.RecordEnd();
        }
    }

    private void RecordUsage(ReadOnlySpan<byte> json, UsageReport report)
    {
        if (report.RecordUsage(BedrockUsage.Read(json), json, UsageStage.Final))
        {
            report.AddAnomalies(_hasUsage ? UsageAnomalies.UsageRepeated : UsageAnomalies.None);
            _hasUsage = true;
        }
    }
}
