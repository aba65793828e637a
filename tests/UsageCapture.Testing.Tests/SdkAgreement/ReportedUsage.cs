using System.Text.Json;

namespace UsageCapture.Testing.Tests.SdkAgreement;

/// <summary>The token counts of a response: as an SDK reports them, as a usage record holds them, or as a test expects them.</summary>
internal sealed record ReportedUsage
{
    public bool HasUsage { get; init; }

    public long? Input { get; init; }

    public long? Cached { get; init; }

    public long? CacheWrite { get; init; }

    public long? Output { get; init; }

    public long? Reasoning { get; init; }

    public long? Total { get; init; }

    /// <summary>Gets the text and the tool calls that an SDK returned.</summary>
    public string? Text { get; init; }

    /// <summary>Gets the exception of an SDK; null if it threw none.</summary>
    public Exception? Failure { get; init; }

    public static ReportedUsage FromRecord(UsageRecord record) => new()
    {
        HasUsage = record.Usage is not null,
        Input = record.Usage?.InputTokens,
        Cached = record.Usage?.CachedInputTokens,
        CacheWrite = record.Usage?.CacheWriteTokens,
        Output = record.Usage?.OutputTokens,
        Reasoning = record.Usage?.ReasoningTokens,
        Total = record.Usage?.TotalTokens,
    };

    /// <summary>Reads the expectations of a corpus case.</summary>
    public static ReportedUsage FromExpected(JsonElement expected) => new()
    {
        HasUsage = expected.GetProperty("usage_reported").GetBoolean(),
        Input = Count(expected, "input_tokens"),
        Cached = Count(expected, "cached_input_tokens"),
        CacheWrite = Count(expected, "cache_write_tokens"),
        Output = Count(expected, "output_tokens"),
        Reasoning = Count(expected, "reasoning_tokens"),
        Total = Count(expected, "total_tokens"),
    };

    /// <summary>Returns the names of the counts that differ. CacheWrite and Total are compared only if this instance has them, because some SDKs do not report them.</summary>
    public IEnumerable<string> GetDifferences(ReportedUsage other) =>
        from count in new (string Name, long? Value, long? OtherValue, bool IsCompared)[]
        {
            (nameof(HasUsage), HasUsage ? 1 : 0, other.HasUsage ? 1 : 0, true),
            (nameof(Input), Input, other.Input, true),
            (nameof(Cached), Cached, other.Cached, true),
            (nameof(CacheWrite), CacheWrite, other.CacheWrite, CacheWrite is not null),
            (nameof(Output), Output, other.Output, true),
            (nameof(Reasoning), Reasoning, other.Reasoning, true),
            (nameof(Total), Total, other.Total, Total is not null),
        }
        where count.IsCompared && count.Value != count.OtherValue
        select count.Name;

    private static long? Count(JsonElement expected, string name) =>
        expected.GetProperty(name) is { ValueKind: JsonValueKind.Number } count ? count.GetInt64() : null;
}
