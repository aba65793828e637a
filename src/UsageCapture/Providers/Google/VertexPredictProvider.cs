using System.Buffers;

using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>Vertex AI's predict method, for embedding models only. Other models report no tokens there.</summary>
internal sealed class VertexPredictProvider : UsageProvider
{
    public override string Protocol => "vertex-predict";

    public override bool Matches(Uri address) =>
        AddressParts.EndsWith(address, ":predict")
        && GoogleEndpoint.GetModel(address)?.Contains("embedding", StringComparison.OrdinalIgnoreCase) == true;

    public override UsageEndpoint Describe(Uri address) => GoogleEndpoint.Describe(address, "embeddings");

    public override UsageReader CreateReader() => new Reader();

    /// <summary>
    /// Adds up the tokens of the predictions. Each prediction has the count of its own text, and the response has no total.
    /// </summary>
    private sealed class Reader() : UsageReader(DocumentFields)
    {
        private static readonly UsageFields DocumentFields = new();
        private static readonly UsageField Predictions = DocumentFields.Add("predictions[]");
        private static readonly UsageField Statistics = DocumentFields.Add("predictions[].embeddings.statistics");
        private static readonly UsageField Error = DocumentFields.Add("error");

        // A CountReader also checks the value and reports anomalies.
        private static readonly CountReader<Count> StatisticsReader = new(("token_count", Count.Tokens));

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

        /// <summary>
        /// Records the sum, unless a count in the statistics is unknown. Predictions without statistics are ignored.
        /// The raw usage is an array of the statistics of all predictions.
        /// </summary>
        private static void RecordSum(UsageDocument document, UsageReport report)
        {
            long? sum = null;
            bool isComplete = !document.IsOversized; // An oversized document may have values that were not kept.
            var rawUsage = new ArrayBufferWriter<byte>();
            foreach (UsageElement prediction in document.Each(Predictions))
            {
                ReadOnlySpan<byte> statistics = prediction[Statistics];
                if (!statistics.IsEmpty)
                {
                    UsageCounts<Count> counts = StatisticsReader.Read(statistics);
                    report.AddAnomalies(counts.Anomalies);
                    isComplete &= counts[Count.Tokens] is not null;
                    sum = TokenSum.OfKnown(sum, counts[Count.Tokens]);
                    rawUsage.Write(rawUsage.WrittenCount == 0 ? "["u8 : ","u8);
                    rawUsage.Write(statistics);
                }
            }

            if (isComplete && sum is not null)
            {
                rawUsage.Write("]"u8);
                report.RecordUsage(new TokenUsage { InputTokens = sum }, rawUsage.WrittenSpan, UsageStage.Final);
            }
        }
    }
}
