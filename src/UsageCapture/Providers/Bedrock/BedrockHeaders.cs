using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace UsageCapture.Providers;

/// <summary>Reads the error, the service tier and the counts in the headers of Amazon Bedrock's responses.</summary>
internal static class BedrockHeaders
{
    private const string ErrorType = "x-amzn-errortype";
    private const string ServiceTier = "x-amzn-bedrock-service-tier";
    private const string InputCount = "x-amzn-bedrock-input-token-count";
    private const string OutputCount = "x-amzn-bedrock-output-token-count";
    private const string CacheReadCount = "x-amzn-bedrock-cache-read-input-token-count";
    private const string CacheWriteCount = "x-amzn-bedrock-cache-write-input-token-count";

    // The names of AWS's exceptions are shorter than 50 characters. The limit is for damaged and hostile responses.
    private const int MaxErrorTypeLength = 128;

    private static readonly CountReader<BedrockCount> Reader = new(
        (InputCount, BedrockCount.Input),
        (OutputCount, BedrockCount.Output),
        (CacheReadCount, BedrockCount.CacheRead),
        (CacheWriteCount, BedrockCount.CacheWrite));

    /// <summary>Records the type of the error of a rejected call, if the headers name one.</summary>
    public static void RecordError(HttpResponseHeaders headers, UsageReport report)
    {
        // A colon and a URL may follow the name of the error. A comma separates the values of a repeated header.
        ReadOnlySpan<char> value = GetValue(headers, ErrorType);
        int nameEnd = value.IndexOfAny(':', ',');
        ReadOnlySpan<char> name = (nameEnd < 0 ? value : value[..nameEnd]).Trim();
        if (!name.IsEmpty)
        {
            report.RecordError(new UsageError { Type = name[..Math.Min(name.Length, MaxErrorTypeLength)].ToString() });
        }
    }

    /// <summary>Records the service tier of an InvokeModel response.</summary>
    public static void RecordServiceTier(HttpResponseHeaders headers, UsageReport report)
    {
        string tier = GetValue(headers, ServiceTier);

        // The report takes a JSON string with its quotes. Tiers are single words, which need no escapes. Any other text is ignored.
        if (tier.Length > 0 && tier.All(char.IsAsciiLetterOrDigit))
        {
            report.RecordServiceTier(Encoding.ASCII.GetBytes($"\"{tier}\""));
        }
    }

    /// <summary>Records the counts of an InvokeModel response that is not streamed. A streamed one has no such headers.</summary>
    /// <remarks>
    /// The raw usage is a JSON object made of the headers: <c>{"x-amzn-bedrock-input-token-count":"12"}</c>. The counts are read from it, so
    /// that they get the same checks as counts in a body. A value that is not a count becomes <see cref="UsageAnomalies.InvalidCount"/>.
    /// </remarks>
    public static void RecordCounts(HttpResponseHeaders headers, UsageReport report)
    {
        // Without the input and the output, the counts of the cache, which are parts of the input, say nothing.
        if (GetValue(headers, InputCount).Length == 0 && GetValue(headers, OutputCount).Length == 0)
        {
            return;
        }

        var json = new StringBuilder("{");
        foreach (string name in (ReadOnlySpan<string>)[InputCount, OutputCount, CacheReadCount, CacheWriteCount])
        {
            string count = GetValue(headers, name);
            if (count.Length > 0)
            {
                bool isFirst = json.Length == 1;
                json.Append(isFirst ? "" : ",").Append(CultureInfo.InvariantCulture, $"\"{name}\":\"{JsonEncodedText.Encode(count)}\"");
            }
        }

        byte[] rawUsage = Encoding.UTF8.GetBytes(json.Append('}').ToString());
        UsageReading reading = BedrockUsage.Normalize(Reader.Read(rawUsage));

        // The count of the output is known only after all output has been generated, so it makes the counts final. Embeddings have no
        // output count. Their counts are running, and become exact at the end of the body.
        UsageStage stage = reading.Usage?.OutputTokens is null ? UsageStage.Running : UsageStage.Final;
        report.RecordUsage(reading, rawUsage, stage);
    }

    /// <summary>Gets the value of a header; empty when the response does not have it.</summary>
    private static string GetValue(HttpResponseHeaders headers, string name) =>
        headers.NonValidated.TryGetValues(name, out HeaderStringValues values) ? values.ToString() : "";
}
