using System.Buffers;

using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>Vertex AI's predict, for embedding models only. Its other models count no tokens.</summary>
internal sealed class VertexPredictProvider : UsageProvider
{
    public override string Protocol => "vertex-predict";

    public override bool Matches(Uri address) =>
        AddressParts.EndsWith(address, ":predict")
        && GoogleEndpoint.GetModel(address)?.Contains("embedding", StringComparison.OrdinalIgnoreCase) == true;

    public override UsageEndpoint Describe(Uri address) => GoogleEndpoint.Describe(address, "embeddings");

    public override UsageReader CreateReader() => new Reader();

    /// <summary>Adds up the tokens of the texts. Each prediction counts its own text, and the response has no total.</summary>
    private sealed class Reader() : UsageReader(DocumentFields)
    {
        private static readonly UsageFields DocumentFields = new();
        private static readonly UsageField Predictions = DocumentFields.Add("predictions[]");
        private static readonly UsageField Statistics = DocumentFields.Add("predictions[].embeddings.statistics");
        private static readonly UsageField Error = DocumentFields.Add("error");

        private static readonly CountReader<Count> Counts = new(("token_count", Count.Tokens));

        private enum Count
        {
            Tokens,
        }

        public override void Read(UsageDocument document, UsageReport report)
        {
            if (document[Error] is [(byte)'{', ..] error)
            {
                report.RecordError(ErrorObject.Read(error));
            }

            RecordSum(document, report);
        }

        /// <summary>Records the sum, unless a part of it is unknown. The list of the statistics is kept as the raw usage.</summary>
        private static void RecordSum(UsageDocument document, UsageReport report)
        {
            long? sum = null;
            bool isComplete = !document.IsOversized;
            var raw = new ArrayBufferWriter<byte>();
            foreach (UsageElement prediction in document.Each(Predictions))
            {
                ReadOnlySpan<byte> statistics = prediction[Statistics];
                if (!statistics.IsEmpty)
                {
                    UsageCounts<Count> counts = Counts.Read(statistics);
                    report.AddAnomalies(counts.Anomalies);
                    isComplete &= counts[Count.Tokens] is not null;
                    sum = TokenSum.OfKnown(sum, counts[Count.Tokens]);
                    raw.Write(raw.WrittenCount == 0 ? "["u8 : ","u8);
                    raw.Write(statistics);
                }
            }

            if (isComplete && sum is not null)
            {
                raw.Write("]"u8);
                report.RecordUsage(new TokenUsage { InputTokens = sum }, raw.WrittenSpan, UsageStage.Final);
            }
        }
    }
}
