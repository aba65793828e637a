using System.Globalization;
using System.Net.Http.Headers;
using System.Text;

namespace UsageCapture.Providers;

/// <summary>Reads the headers of Amazon Bedrock's responses.</summary>
internal static class BedrockHeaders
{
    private const string ErrorType = "x-amzn-errortype";
    private const string ServiceTier = "x-amzn-bedrock-service-tier";
    private const string InputCount = "x-amzn-bedrock-input-token-count";
    private const string OutputCount = "x-amzn-bedrock-output-token-count";
    private const string CacheReadCount = "x-amzn-bedrock-cache-read-input-token-count";
    private const string CacheWriteCount = "x-amzn-bedrock-cache-write-input-token-count";

    // The names of AWS's exceptions are shorter than 50 characters.
    private const int MaxErrorType = 128;

    private static readonly CountReader<BedrockCount> Counts = new(
        (InputCount, BedrockCount.Input),
        (OutputCount, BedrockCount.Output),
        (CacheReadCount, BedrockCount.CacheRead),
        (CacheWriteCount, BedrockCount.CacheWrite));

    /// <summary>Records the error that the headers of a rejected call name.</summary>
    public static void RecordError(HttpResponseHeaders headers, UsageReport report)
    {
        // A colon and an address may follow the name.
        ReadOnlySpan<char> name = Get(headers, ErrorType);
        int end = name.IndexOfAny(':', ',');
        name = (end < 0 ? name : name[..end]).Trim();
        if (!name.IsEmpty)
        {
            report.RecordError(new UsageError { Type = name[..Math.Min(name.Length, MaxErrorType)].ToString() });
        }
    }

    /// <summary>Records the service tier of an InvokeModel response.</summary>
    public static void RecordServiceTier(HttpResponseHeaders headers, UsageReport report)
    {
        string tier = Get(headers, ServiceTier);
        if (tier.Length > 0 && tier.All(char.IsAsciiLetterOrDigit))
        {
            report.RecordServiceTier(Encoding.ASCII.GetBytes($"\"{tier}\""));
        }
    }

    /// <summary>Records the counts of an InvokeModel response in one piece. The raw usage is a JSON object of the headers.</summary>
    /// <remarks>A streamed response has no such headers.</remarks>
    public static void RecordCounts(HttpResponseHeaders headers, UsageReport report)
    {
        if (Get(headers, InputCount).Length == 0 && Get(headers, OutputCount).Length == 0)
        {
            return;
        }

        var json = new StringBuilder("{");
        foreach (string name in (ReadOnlySpan<string>)[InputCount, OutputCount, CacheReadCount, CacheWriteCount])
        {
            if (long.TryParse(Get(headers, name), NumberStyles.None, CultureInfo.InvariantCulture, out long count))
            {
                json.Append(json.Length == 1 ? "" : ",").Append(CultureInfo.InvariantCulture, $"\"{name}\":\"{count}\"");
            }
        }

        byte[] raw = Encoding.UTF8.GetBytes(json.Append('}').ToString());
        UsageReading reading = BedrockUsage.Normalize(Counts.Read(raw));

        // Headers with the output are sent when all of it has been generated. Embeddings have no output.
        report.RecordUsage(reading, raw, reading.Usage?.OutputTokens is null ? UsageStage.Running : UsageStage.Final);
    }

    private static string Get(HttpResponseHeaders headers, string name) =>
        headers.NonValidated.TryGetValues(name, out HeaderStringValues values) ? values.ToString() : "";
}
