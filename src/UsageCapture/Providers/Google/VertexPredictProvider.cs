using System.Text;

using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>Vertex AI's predict, where an embedding model answers; other models that it serves count no tokens.</summary>
internal sealed class VertexPredictProvider : UsageProvider
{
    public override string Protocol => "vertex-predict";

    public override bool Matches(Uri address) =>
        AddressParts.EndsWith(address, ":predict")
        && GoogleEndpoint.Model(address)?.Contains("embedding", StringComparison.OrdinalIgnoreCase) == true;

    public override UsageEndpoint Describe(Uri address) => GoogleEndpoint.Describe(address, "embeddings");

    public override UsageReader CreateReader() => new Reader();

    /// <summary>Adds up the tokens of the texts: each prediction counts its own text, and nothing counts them all.</summary>
    private sealed class Reader() : UsageReader(Fields)
    {
        private const int Statistics = 0;

        private static readonly UsageFields Fields = new("predictions[].embeddings.statistics", "error");

        private static readonly JsonCounts Counts = new("token_count");

        protected override void Read(UsageDocument document)
        {
            if (document["error"] is [(byte)'{', ..] error)
            {
                TakeError(ErrorObject.Read(error));
            }

            ReadStatistics(document.Captures);
        }

        private void ReadStatistics(JsonCaptures captures)
        {
            long? sum = null;
            bool isComplete = !captures.IsOverfull;
            var raw = new StringBuilder();
            for (int i = 0; i < captures.Count && isComplete; i++)
            {
                if (captures.Slot(i) == Statistics)
                {
                    long? count = Count(captures.Text(i));
                    isComplete = count is not null;
                    sum = (sum ?? 0) + count;
                    raw.Append(raw.Length == 0 ? '[' : ',').Append(Encoding.UTF8.GetString(captures.Text(i)));
                }
            }

            if (isComplete && sum is not null)
            {
                TakeUsage(new TokenUsage { InputTokens = sum }, Encoding.UTF8.GetBytes(raw.Append(']').ToString()), isFinal: true);
            }
        }

        private long? Count(ReadOnlySpan<byte> statistics)
        {
            long? count = null;
            Counts.TryRead(statistics, new Span<long?>(ref count), out UsageAnomalies anomalies);
            Flag(anomalies);
            return count;
        }
    }
}
