using System.Buffers;

using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>Vertex AI's predict method, for models of text embeddings only. Other models report no tokens there.</summary>
internal sealed class VertexPredictProvider : UsageProvider
{
    // The member by which a response is recognized, for example that of a tuned model, whose address has a number instead of a name.
    // "?": only the presence of the value is noted.
    private static readonly UsageFields RecognitionFields = new();
    private static readonly UsageField TokenCount = RecognitionFields.Add("predictions[].embeddings.statistics.token_count?");

    public override string Protocol => "vertex-predict";

    public override UsageFields ResponseFields => RecognitionFields;

    public override bool Matches(Uri address) =>
        AddressParts.EndsWith(address, ":predict")
        && GoogleEndpoint.GetModel(address)?.Contains("embedding", StringComparison.OrdinalIgnoreCase) == true;

    public override UsageEndpoint Describe(Uri address) => GoogleEndpoint.Describe(address, "embeddings");

    public override bool MatchesResponse(UsageDocument document) => document.Has(TokenCount);

    public override UsageReader CreateReader() => new Reader();

    /// <summary>
    /// Adds up the tokens of the predictions. Each prediction has the count of its own text, and the response has no total.
    /// </summary>
    private sealed class Reader() : UsageReader(DocumentFields)
    {
        private static readonly UsageFields DocumentFields = new();
        private static readonly UsageField Predictions = DocumentFields.Add("predictions[]");
        private static readonly UsageField Statistics = DocumentFields.Add("predictions[].embeddings.statistics");
        private static readonly UsageField BillableCharacters = DocumentFields.Add("metadata.billableCharacterCount");
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
                report.RecordError(ErrorReader.Read(error));
            }

            RecordSum(document, report);
        }

        /// <summary>
        /// Records the sum. It is incomplete when a prediction has no statistics or its count is unknown. The raw usage has the statistics of
        /// all predictions, and the characters by which some models are billed.
        /// </summary>
        private static void RecordSum(UsageDocument document, UsageReport report)
        {
            long? sum = null;
            bool isComplete = !document.IsOversized; // An oversized document may have values that were not kept.
            var statisticsOfAll = new ArrayBufferWriter<byte>();
            foreach (UsageElement prediction in document.Each(Predictions))
            {
                ReadOnlySpan<byte> statistics = prediction[Statistics];
                UsageCounts<Count> counts = StatisticsReader.Read(statistics);
                report.AddAnomalies(counts.Anomalies);
                isComplete &= counts[Count.Tokens] is not null;
                sum = TokenSum.OfKnown(sum, counts[Count.Tokens]);
                if (!statistics.IsEmpty)
                {
                    statisticsOfAll.Write(statisticsOfAll.WrittenCount == 0 ? "["u8 : ","u8);
                    statisticsOfAll.Write(statistics);
                }
            }

            ReadOnlySpan<byte> rawUsage = CreateRawUsage(statisticsOfAll.WrittenSpan, document[BillableCharacters]);
            if (sum is not null)
            {
                report.RecordUsage(new TokenUsage { InputTokens = sum }, rawUsage, isComplete ? UsageStage.Final : UsageStage.Incomplete);
            }
            else
            {
                report.RecordRawUsage(rawUsage);
            }
        }

        /// <summary>Builds a usage object with Google's names: <c>{"statistics":[…],"metadata":{"billableCharacterCount":29}}</c>.</summary>
        /// <param name="statistics">The array of all statistics, without its closing bracket; empty when there are none.</param>
        /// <param name="billableCharacters">The JSON text of the count; empty when the document has none.</param>
        /// <returns>Empty when there is nothing to keep.</returns>
        private static ReadOnlySpan<byte> CreateRawUsage(ReadOnlySpan<byte> statistics, ReadOnlySpan<byte> billableCharacters)
        {
            var rawUsage = new ArrayBufferWriter<byte>();
            if (!statistics.IsEmpty)
            {
                rawUsage.Write("{\"statistics\":"u8);
                rawUsage.Write(statistics);
                rawUsage.Write("]"u8);
            }

            if (!billableCharacters.IsEmpty)
            {
                rawUsage.Write(rawUsage.WrittenCount == 0 ? "{"u8 : ","u8);
                rawUsage.Write("\"metadata\":{\"billableCharacterCount\":"u8);
                rawUsage.Write(billableCharacters);
                rawUsage.Write("}"u8);
            }

            if (rawUsage.WrittenCount > 0)
            {
                rawUsage.Write("}"u8);
            }

            return rawUsage.WrittenSpan;
        }
    }
}
