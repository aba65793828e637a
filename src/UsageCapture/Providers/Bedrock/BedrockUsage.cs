using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>Reads the counts that Amazon Bedrock itself reports: in usage objects, in the metrics of a stream's last chunk, in headers.</summary>
/// <remarks>
/// Everywhere the input leaves out what was read from a cache and written to one, and a <see cref="TokenUsage"/> includes them. The
/// total, where there is one, includes them too.
/// </remarks>
internal static class BedrockUsage
{
    // AWS: TokenUsage of the Bedrock Runtime API. The names that end in Count are not in it: Nova uses them in its own format, and
    // Converse sends them beside the others with the same counts.
    private static readonly JsonCounts UsageCounts = new(
        "inputTokens", "outputTokens", "totalTokens", "cacheReadInputTokens", "cacheWriteInputTokens", "cacheReadInputTokenCount",
        "cacheWriteInputTokenCount");

    private static readonly JsonCounts MetricsCounts = new(
        "inputTokenCount", "outputTokenCount", "cacheReadInputTokenCount", "cacheWriteInputTokenCount");

    private static readonly string[] Headers =
    [
        "x-amzn-bedrock-input-token-count", "x-amzn-bedrock-output-token-count", "x-amzn-bedrock-cache-read-input-token-count",
        "x-amzn-bedrock-cache-write-input-token-count",
    ];

    /// <summary>Reads the usage object of Converse, which is also that of the Nova models.</summary>
    /// <returns>False when the value holds no count that is known.</returns>
    public static bool TryRead(ReadOnlySpan<byte> json, out TokenUsage usage, out UsageAnomalies anomalies)
    {
        Span<long?> counts = stackalloc long?[7];
        counts.Clear();
        usage = default;
        if (!UsageCounts.TryRead(json, counts, out anomalies) || (counts[0] ?? counts[1] ?? counts[2]) is null)
        {
            return false;
        }

        (long? fiveMinutes, long? hour) = default((long?, long?));
        try
        {
            (fiveMinutes, hour) = ReadCacheDetails(json);
        }
        catch (InvalidOperationException) // A name or a time that is no text, such as half a surrogate pair.
        {
            anomalies |= UsageAnomalies.UndecodableEvent;
        }

        usage = Normalize(counts[0], counts[1], counts[3] ?? counts[5], counts[4] ?? counts[6]) with
        {
            CacheWrite5mTokens = fiveMinutes,
            CacheWrite1hTokens = hour,
            TotalTokens = counts[2],
        };
        return true;
    }

    /// <summary>Reads <c>amazon-bedrock-invocationMetrics</c>.</summary>
    /// <returns>False when the value holds no count that is known.</returns>
    public static bool TryReadMetrics(ReadOnlySpan<byte> json, out TokenUsage usage, out UsageAnomalies anomalies)
    {
        Span<long?> counts = stackalloc long?[4];
        counts.Clear();
        usage = default;
        if (!MetricsCounts.TryRead(json, counts, out anomalies) || (counts[0] ?? counts[1]) is null)
        {
            return false;
        }

        usage = Normalize(counts[0], counts[1], counts[2], counts[3]);
        return true;
    }

    /// <summary>Reads the headers with which every answer in one piece comes, whatever the model.</summary>
    /// <param name="headers">The headers.</param>
    /// <param name="usage">The counts.</param>
    /// <param name="raw">The headers as a JSON object.</param>
    /// <returns>False when there are none.</returns>
    public static bool TryReadHeaders(HttpResponseHeaders headers, out TokenUsage usage, out byte[] raw)
    {
        Span<long?> counts = stackalloc long?[Headers.Length];
        counts.Clear();
        var json = new StringBuilder();
        for (int i = 0; i < Headers.Length; i++)
        {
            if (headers.NonValidated.TryGetValues(Headers[i], out HeaderStringValues value)
                && long.TryParse(value.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out long count))
            {
                counts[i] = count;
                json.Append(json.Length == 0 ? '{' : ',').Append(CultureInfo.InvariantCulture, $"\"{Headers[i]}\":\"{count}\"");
            }
        }

        usage = Normalize(counts[0], counts[1], counts[2], counts[3]);
        raw = Encoding.UTF8.GetBytes(json.Append('}').ToString());
        return (counts[0] ?? counts[1]) is not null;
    }

    private static TokenUsage Normalize(long? input, long? output, long? cacheRead, long? cacheWrite) => new()
    {
        InputTokens = input + (cacheRead ?? 0) + (cacheWrite ?? 0), // Unknown when the rest is: a cached part alone is no input.
        CachedInputTokens = cacheRead,
        CacheWriteTokens = cacheWrite,
        OutputTokens = output,
    };

    /// <summary>Reads <c>cacheDetails</c>: the cache writes by how long they are kept, each with <c>inputTokens</c> and <c>ttl</c>.</summary>
    /// <param name="json">A usage object that has been read once, so that it is JSON.</param>
    private static (long? FiveMinutes, long? Hour) ReadCacheDetails(ReadOnlySpan<byte> json)
    {
        (long? FiveMinutes, long? Hour) details = default;
        var reader = new Utf8JsonReader(json);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isWanted = reader.ValueTextEquals("cacheDetails"u8);
            reader.Read();
            if (!isWanted || reader.TokenType != JsonTokenType.StartArray)
            {
                reader.Skip();
                continue;
            }

            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                (long? count, bool isHour) = ReadCacheDetail(ref reader);
                details = isHour ? (details.FiveMinutes, count ?? details.Hour) : (count ?? details.FiveMinutes, details.Hour);
            }
        }

        return details;
    }

    private static (long? Count, bool IsHour) ReadCacheDetail(ref Utf8JsonReader reader)
    {
        long? tokens = null;
        bool isHour = false;
        bool isKnown = false;
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return default;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isCount = reader.ValueTextEquals("inputTokens"u8);
            bool isTime = reader.ValueTextEquals("ttl"u8);
            reader.Read();
            if (isCount && JsonValue.TryGetCount(ref reader, out long count))
            {
                tokens = count;
            }
            else if (isTime && reader.TokenType == JsonTokenType.String)
            {
                isHour = reader.ValueTextEquals("1h"u8);
                isKnown = isHour || reader.ValueTextEquals("5m"u8);
            }
            else
            {
                reader.Skip();
            }
        }

        return (isKnown ? tokens : null, isHour);
    }
}
