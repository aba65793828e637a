using System.Text.Json;

namespace UsageCapture.Tests.Testing;

/// <summary>The counts of a response, as an SDK told them to its caller, as a record has them, or as the service meant them.</summary>
internal sealed record SdkReading
{
    public bool HasUsage { get; init; }

    public long? Input { get; init; }

    public long? Cached { get; init; }

    public long? CacheWrite { get; init; }

    public long? Output { get; init; }

    public long? Reasoning { get; init; }

    public long? Total { get; init; }

    /// <summary>Gets the text and the calls of tools that an SDK gave its caller.</summary>
    public string? Text { get; init; }

    /// <summary>Gets what an SDK threw.</summary>
    public Exception? Failure { get; init; }

    public static SdkReading Of(UsageRecord record) => new()
    {
        HasUsage = record.Usage is not null,
        Input = record.Usage?.InputTokens,
        Cached = record.Usage?.CachedInputTokens,
        CacheWrite = record.Usage?.CacheWriteTokens,
        Output = record.Usage?.OutputTokens,
        Reasoning = record.Usage?.ReasoningTokens,
        Total = record.Usage?.TotalTokens,
    };

    /// <summary>Reads what a case of recorded traffic expects.</summary>
    public static SdkReading Of(JsonElement expected) => new()
    {
        HasUsage = expected.GetProperty("usage_reported").GetBoolean(),
        Input = Count(expected, "input_tokens"),
        Cached = Count(expected, "cached_input_tokens"),
        CacheWrite = Count(expected, "cache_write_tokens"),
        Output = Count(expected, "output_tokens"),
        Reasoning = Count(expected, "reasoning_tokens"),
        Total = Count(expected, "total_tokens"),
    };

    /// <summary>Names the counts that are others here than there. Those that an SDK has no word for are not compared.</summary>
    public IEnumerable<string> Differences(SdkReading other) =>
        from count in new (string Name, long? Here, long? There, bool IsKnown)[]
        {
            (nameof(HasUsage), HasUsage ? 1 : 0, other.HasUsage ? 1 : 0, true),
            (nameof(Input), Input, other.Input, true),
            (nameof(Cached), Cached, other.Cached, true),
            (nameof(CacheWrite), CacheWrite, other.CacheWrite, CacheWrite is not null),
            (nameof(Output), Output, other.Output, true),
            (nameof(Reasoning), Reasoning, other.Reasoning, true),
            (nameof(Total), Total, other.Total, Total is not null),
        }
        where count.IsKnown && count.Here != count.There
        select count.Name;

    private static long? Count(JsonElement expected, string name) =>
        expected.GetProperty(name) is { ValueKind: JsonValueKind.Number } count ? count.GetInt64() : null;
}
