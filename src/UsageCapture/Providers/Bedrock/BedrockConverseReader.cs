using System.Net.Http.Headers;

using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>Reads Converse's responses: a body, or the events of a stream, of which the last one, <c>metadata</c>, has the usage.</summary>
/// <remarks>
/// The kind of an event is inferred from its members, because gateways may drop the headers of event streams. Some gateways put the name
/// of the event around its payload: <c>{"metadata":{"usage":…}}</c>. The Nova models do the same in their own format.
/// </remarks>
internal sealed class BedrockConverseReader() : UsageReader(EventFields)
{
    /// <summary>The fields of an event, or of a body.</summary>
    public static readonly UsageFields EventFields = new();

    private static readonly UsageField Output = EventFields.Add("output?");
    private static readonly UsageField StopReason = EventFields.Add("stopReason", "messageStop.stopReason");
    private static readonly UsageField Usage = EventFields.Add("usage", "metadata.usage");
    private static readonly UsageField Metadata = EventFields.Add("metadata?", "metrics?");
    private static readonly UsageField ServiceTier = EventFields.Add("serviceTier.type", "metadata.serviceTier.type");
    private static readonly UsageField RoutedModel =
        EventFields.Add("trace.promptRouter.invokedModelId", "metadata.trace.promptRouter.invokedModelId");

    private static readonly BedrockErrorFields Errors = new(EventFields);

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
        if (isMetadata && !document.Has(Output))
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
