using System.Net.Http.Headers;

using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>Amazon Bedrock's Converse and ConverseStream: one format for all models.</summary>
internal sealed class BedrockConverseProvider : UsageProvider
{
    private const string Action = "/converse";
    private const string StreamedAction = "/converse-stream";

    public override string Protocol => "bedrock-converse";

    public override bool Matches(Uri address) =>
        BedrockEndpoint.Matches(address, Action) || BedrockEndpoint.Matches(address, StreamedAction);

    public override UsageEndpoint Describe(Uri address) => BedrockEndpoint.Describe(address, Action, StreamedAction);

    public override UsageReader CreateReader() => new Reader();

    /// <summary>Reads usage out of the answer, or out of the <c>metadata</c> event with which a stream ends, behind the one that has the reason.</summary>
    /// <remarks>
    /// What kind of event a payload is, its members tell as well as its header does. Gateways that send events without those headers
    /// keep the name as a member around the payload: <c>{"metadata":{"usage":…}}</c>.
    /// </remarks>
    private sealed class Reader() : UsageReader(Event)
    {
        private static readonly (string Name, JsonShape Value)[] Payload =
        [
            ("output", JsonShape.Presence(Slot.Output)),
            ("stopReason", JsonShape.Text(Slot.StopReason)),
            ("usage", JsonShape.Text(Slot.Usage)),
            ("metrics", JsonShape.Presence(Slot.Metadata)),
            ("serviceTier", JsonShape.Object(("type", JsonShape.Text(Slot.ServiceTier)))),
            ("trace", JsonShape.Object(("promptRouter", JsonShape.Object(("invokedModelId", JsonShape.Text(Slot.RoutedModel)))))),
        ];

        private static readonly UsageFields Event = new(JsonShape.Object(
        [
            .. Payload,
            ("messageStop", JsonShape.Object(Payload)),
            ("metadata", JsonShape.Object(Slot.Metadata, Payload)),
            .. BedrockError.Shapes(Slot.FirstError),
        ]));

        internal override void ReadHeaders(HttpResponseHeaders headers)
        {
            if (BedrockError.Find(headers) is { } error)
            {
                TakeError(error);
            }
        }

        protected override void Read(UsageDocument document)
        {
            JsonCaptures captures = document.Captures;
            TakeServiceTier(captures.Last(Slot.ServiceTier));
            TakeResponseModel(captures.Last(Slot.RoutedModel));
            if (BedrockError.Find(captures, Slot.FirstError) is { } error)
            {
                TakeError(error);
            }

            if (JsonValue.HasText(captures.Last(Slot.StopReason)))
            {
                TakeFinishReason(captures.Last(Slot.StopReason));
            }

            ReadOnlySpan<byte> json = captures.Last(Slot.Usage);
            if (BedrockUsage.TryRead(json, out TokenUsage usage, out UsageAnomalies anomalies))
            {
                Flag(Usage is null ? UsageAnomalies.None : UsageAnomalies.UsageRepeated);
                TakeUsage(usage, json, isFinal: true, anomalies);
            }
            else
            {
                Flag(anomalies);
            }

            if (!captures.Has(Slot.Output) && (captures.Has(Slot.Metadata) || !json.IsEmpty))
            {
                End();
            }
        }

        private static class Slot
        {
            public const int Output = 0;
            public const int StopReason = 1;
            public const int Usage = 2;
            public const int Metadata = 3;
            public const int ServiceTier = 4;
            public const int RoutedModel = 5;
            public const int FirstError = 6;
        }
    }
}
