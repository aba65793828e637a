using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>
/// Reads what GitHub Copilot bills for a response, in any of the formats that it serves:
/// <c>{"copilot_usage":{"token_details":[{"token_type":"input","token_count":9,…}],…}}</c>.
/// </summary>
/// <remarks>
/// It usually comes beside the format's own usage object, which has more details and takes precedence. The readers call <see cref="TryRecord"/>
/// after they have looked for that object. The input here excludes the tokens read from a cache or written to one.
/// </remarks>
internal static class CopilotUsage
{
    private enum TokenType
    {
        Input,
        CacheRead,
        CacheWrite,
        Output,
    }

    /// <summary>Records the counts, unless those of a usage object are complete.</summary>
    /// <param name="report">Receives the counts.</param>
    /// <param name="json">The JSON text of <c>copilot_usage</c>; empty when the document has none.</param>
    /// <param name="stage">How much of the response the counts cover.</param>
    /// <param name="replacesCounts">Whether the counts that were recorded before are not those of a usage object, so that these replace them.</param>
    /// <returns>Whether the counts were recorded.</returns>
    public static bool TryRecord(UsageReport report, ReadOnlySpan<byte> json, UsageStage stage, bool replacesCounts = false)
    {
        bool hasCompleteCounts = report.HasUsage && report.Stage != UsageStage.Incomplete && !report.UsageIsAllZero;
        if (json is not [(byte)'{', ..] || (hasCompleteCounts && !replacesCounts))
        {
            return false;
        }

        UsageReading reading = Read(json, out bool isComplete);
        if (reading.Usage is { } usage)
        {
            report.RecordUsage(usage, json, isComplete ? stage : UsageStage.Incomplete, reading.Anomalies);
            return true;
        }

        report.AddAnomalies(reading.Anomalies);
        report.RecordRawUsage(json); // It has the amount that GitHub bills.
        return false;
    }

    /// <summary>Reads the counts.</summary>
    /// <param name="json">The JSON text of <c>copilot_usage</c>.</param>
    /// <param name="isComplete">Whether the counts have all tokens of the bill. A type without tokens may be left out, except that every answer
    /// has input and output.</param>
    public static UsageReading Read(ReadOnlySpan<byte> json, out bool isComplete)
    {
        isComplete = false;

        // The whole object becomes the raw usage, so all of it must be valid JSON. Reading it as a usage object checks that.
        if (OpenAIUsage.Read(json).Anomalies is not UsageAnomalies.None and var anomalies)
        {
            return new UsageReading(Usage: null, anomalies);
        }

        UsageCounts<TokenType> counts = ReadDetails(json, out bool hasUnreadDetail);
        long? cacheRead = counts[TokenType.CacheRead];
        long? cacheWrite = counts[TokenType.CacheWrite];
        long? input = TokenSum.OfKnown(counts[TokenType.Input], cacheRead, cacheWrite);
        long? output = counts[TokenType.Output];
        isComplete = input is not null && output is not null && !hasUnreadDetail;
        var usage = new TokenUsage { InputTokens = input, CachedInputTokens = cacheRead, CacheWriteTokens = cacheWrite, OutputTokens = output };
        return new UsageReading(input is null && output is null ? null : usage, counts.Anomalies);
    }

    /// <summary>Reads the list of details, and adds up those of the same type.</summary>
    /// <param name="json">The JSON text of <c>copilot_usage</c>.</param>
    /// <param name="hasUnreadDetail">Whether there are tokens that are in none of the counts.</param>
    private static UsageCounts<TokenType> ReadDetails(ReadOnlySpan<byte> json, out bool hasUnreadDetail)
    {
        UsageCounts<TokenType> counts = default;
        hasUnreadDetail = false;
        foreach (ReadOnlySpan<byte> detail in new JsonElements(JsonValue.FindMember(json, "token_details")))
        {
            long? count = JsonValue.GetCount(JsonValue.FindMember(detail, "token_count"));
            if (count is null)
            {
                hasUnreadDetail = true;
                counts.Anomalies |= UsageAnomalies.InvalidCount;
            }
            else if (GetTokenType(JsonValue.FindMember(detail, "token_type")) is { } type)
            {
                counts[type] = TokenSum.OfKnown(counts[type], count);
            }
            else
            {
                hasUnreadDetail |= count > 0; // Nothing tells whether an unknown type is input or output.
            }
        }

        return counts;
    }

    private static TokenType? GetTokenType(ReadOnlySpan<byte> json) =>
        JsonValue.TextEquals(json, "input") ? TokenType.Input
        : JsonValue.TextEquals(json, "cache_read") ? TokenType.CacheRead
        : JsonValue.TextEquals(json, "cache_write") ? TokenType.CacheWrite
        : JsonValue.TextEquals(json, "output") ? TokenType.Output
        : null;
}
