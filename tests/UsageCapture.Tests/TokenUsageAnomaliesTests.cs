using System.Reflection;

namespace UsageCapture.Tests;

/// <summary>Each anomaly of counts, on both sides of its border, and what every count has in common.</summary>
public sealed class TokenUsageAnomaliesTests
{
    private static readonly PropertyInfo[] Counts =
        [.. typeof(TokenUsage).GetProperties().Where(property => property.PropertyType == typeof(long?) && property.SetMethod is not null)];

    public static TheoryData<string> CountNames => [.. Counts.Select(property => property.Name)];

    public static TheoryData<TokenUsage, UsageAnomalies, bool> Rows => new()
    {
        // What is read from and written to the cache is at most the input.
        { new() { InputTokens = 10, CachedInputTokens = 6, CacheWriteTokens = 4 }, UsageAnomalies.None, false },
        { new() { InputTokens = 10, CachedInputTokens = 6, CacheWriteTokens = 5 }, UsageAnomalies.CachedExceedsInput, true },
        { new() { InputTokens = 10, CacheWriteTokens = 11 }, UsageAnomalies.CachedExceedsInput, true },
        { new() { CachedInputTokens = 11 }, UsageAnomalies.None, false },

        // The total is the sum, or lacks the reasoning.
        { new() { InputTokens = 10, OutputTokens = 5, TotalTokens = 15 }, UsageAnomalies.None, false },
        { new() { InputTokens = 10, OutputTokens = 5, TotalTokens = 14 }, UsageAnomalies.TotalIsNotSum, true },
        { new() { InputTokens = 10, OutputTokens = 5, TotalTokens = 16 }, UsageAnomalies.TotalIsNotSum, true },
        { new() { InputTokens = 10, OutputTokens = 5, ReasoningTokens = 3, TotalTokens = 12 }, UsageAnomalies.TotalIsNotSum, false },
        { new() { InputTokens = 10, OutputTokens = 5, ReasoningTokens = 3, TotalTokens = 13 }, UsageAnomalies.TotalIsNotSum, true },
        { new() { InputTokens = 10, OutputTokens = 5, ReasoningTokens = 3, TotalTokens = 18 }, UsageAnomalies.TotalIsNotSum, true },
        { new() { InputTokens = 10, TotalTokens = 15 }, UsageAnomalies.None, false },
        { new() { OutputTokens = 5, TotalTokens = 15 }, UsageAnomalies.None, false },

        // The two lifetimes of the cache writes add up to all of them.
        { new() { InputTokens = 10, CacheWriteTokens = 7, CacheWrite5mTokens = 3, CacheWrite1hTokens = 4 }, UsageAnomalies.None, false },
        { new() { InputTokens = 10, CacheWriteTokens = 8, CacheWrite5mTokens = 3, CacheWrite1hTokens = 4 }, UsageAnomalies.CacheSplitIncomplete, false },
        { new() { InputTokens = 10, CacheWriteTokens = 7, CacheWrite5mTokens = 7 }, UsageAnomalies.None, false },
        { new() { InputTokens = 10, CacheWriteTokens = 7, CacheWrite1hTokens = 7 }, UsageAnomalies.None, false },
        { new() { InputTokens = 10, CacheWriteTokens = 7, CacheWrite5mTokens = 6 }, UsageAnomalies.CacheSplitIncomplete, false },
        { new() { InputTokens = 10, CacheWriteTokens = 7, CacheWrite1hTokens = 6 }, UsageAnomalies.CacheSplitIncomplete, false },
        { new() { InputTokens = 10, CacheWrite5mTokens = 0 }, UsageAnomalies.CacheSplitIncomplete, false },
        { new() { InputTokens = 10, CacheWriteTokens = 7 }, UsageAnomalies.None, false },

        // A model has some input.
        { default, UsageAnomalies.AllZeroUsage, true },
        { new() { InputTokens = 0, OutputTokens = 0, TotalTokens = 0 }, UsageAnomalies.AllZeroUsage, true },
        { new() { InputTokens = 0, OutputTokens = 1 }, UsageAnomalies.AllZeroUsage, true },
        { new() { InputTokens = 1, OutputTokens = 0 }, UsageAnomalies.None, false },
        { new() { TotalTokens = 1 }, UsageAnomalies.None, false },
        { new() { InputTokens = 0, TotalTokens = 1 }, UsageAnomalies.None, false },
        { new() { CachedInputTokens = 1 }, UsageAnomalies.None, false },
        { new() { CacheWriteTokens = 1 }, UsageAnomalies.None, false },
        { new() { ReasoningTokens = 1 }, UsageAnomalies.None, false },
        { new() { OutputTokens = 0, ReasoningTokens = 0 }, UsageAnomalies.AllZeroUsage, true },

        // A cost stands for itself only when no count was reported.
        { new() { ReportedCost = 1 }, UsageAnomalies.None, false },
        { new() { ReportedCost = 0 }, UsageAnomalies.AllZeroUsage, true },
        { new() { ReportedCost = 1, InputTokens = 0 }, UsageAnomalies.AllZeroUsage, true },
        { new() { ReportedCost = 1, OutputTokens = 0 }, UsageAnomalies.AllZeroUsage, true },
        { new() { ReportedCost = 1, TotalTokens = 0 }, UsageAnomalies.AllZeroUsage, true },

        // Reasoning is part of the output; an estimate may be half as large again.
        { new() { InputTokens = 1, OutputTokens = 4, ReasoningTokens = 4 }, UsageAnomalies.None, false },
        { new() { InputTokens = 1, OutputTokens = 4, ReasoningTokens = 5 }, UsageAnomalies.ReasoningExceedsOutput, false },
        { new() { InputTokens = 1, OutputTokens = 4, ReasoningTokens = 6 }, UsageAnomalies.ReasoningExceedsOutput, false },
        { new() { InputTokens = 1, OutputTokens = 4, ReasoningTokens = 7 }, UsageAnomalies.ReasoningExceedsOutput, true },
        { new() { InputTokens = 1, ReasoningTokens = 7 }, UsageAnomalies.None, false },

        {
            new() { InputTokens = 1, CachedInputTokens = 2, CacheWrite5mTokens = 1, OutputTokens = 1, ReasoningTokens = 2, TotalTokens = 5 },
            UsageAnomalies.CachedExceedsInput | UsageAnomalies.TotalIsNotSum | UsageAnomalies.CacheSplitIncomplete | UsageAnomalies.ReasoningExceedsOutput,
            true
        },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public void Anomalies_OfCounts_NameWhatDoesNotFit(TokenUsage usage, UsageAnomalies anomalies, bool isImplausible)
    {
        Assert.Equal(anomalies, usage.Anomalies);
        Assert.Equal(isImplausible, usage.IsImplausible);
    }

    [Theory]
    [InlineData(null, null, null, null)]
    [InlineData(null, 3L, 2L, null)]
    [InlineData(10L, null, null, 10L)]
    [InlineData(10L, 3L, null, 7L)]
    [InlineData(10L, null, 2L, 8L)]
    [InlineData(10L, 3L, 2L, 5L)]
    [InlineData(10L, 8L, 2L, 0L)]
    [InlineData(10L, 9L, 2L, 0L)]
    [InlineData(10L, 0L, 0L, 10L)]
    public void AsAnthropic_OfCounts_LeavesTheCacheOutOfTheInput(long? input, long? cached, long? cacheWrites, long? uncached)
    {
        var usage = new TokenUsage { InputTokens = input, CachedInputTokens = cached, CacheWriteTokens = cacheWrites, OutputTokens = 4 };

        Assert.Equal(uncached, usage.UncachedInputTokens);
        AnthropicTokenUsage anthropic = usage.AsAnthropic();
        Assert.Equal((uncached, 4), (anthropic.InputTokens, anthropic.OutputTokens));
        Assert.Equal(cached == 0 ? null : cached, anthropic.CacheReadInputTokens);
        Assert.Equal(cacheWrites == 0 ? null : cacheWrites, anthropic.CacheCreationInputTokens);
    }

    [Theory]
    [MemberData(nameof(CountNames))]
    public void Count_ThatIsSet_IsThatCountAloneAndAdds(string name)
    {
        Assert.Equal(new TokenUsage(), With(name, null));
        foreach (long count in (long[])[0, 1, 7, long.MaxValue])
        {
            TokenUsage usage = With(name, count);

            Assert.All(Counts, other => Assert.Equal(other.Name == name ? count : null, other.GetValue(usage)));
            Assert.Equal(usage, usage.Plus(default));
            Assert.Equal(usage, default(TokenUsage).Plus(usage));
            Assert.Equal(With(name, count == long.MaxValue ? count : count + 2), usage.Plus(With(name, 2)));
        }
    }

    [Theory]
    [MemberData(nameof(CountNames))]
    public void Count_ThatIsNegative_IsRefused(string name)
    {
        var exception = (ArgumentOutOfRangeException)Assert.Throws<TargetInvocationException>(() => With(name, -1)).InnerException!;

        Assert.StartsWith("A token count cannot be negative. Set null when it is unknown.", exception.Message, StringComparison.Ordinal);
        Assert.Equal(-1L, exception.ActualValue);
    }

    [Theory]
    [InlineData(null, null, null)]
    [InlineData("1.5", null, "1.5")]
    [InlineData(null, "1.5", "1.5")]
    [InlineData("1.5", "0.25", "1.75")]
    [InlineData("79228162514264337593543950335", "1", "79228162514264337593543950335")]
    [InlineData("-79228162514264337593543950335", "-1", "-79228162514264337593543950335")]
    public void Plus_OfCosts_AddsThem(string? cost, string? other, string? sum) => Assert.Equal(
        ToCost(sum), new TokenUsage { ReportedCost = ToCost(cost) }.Plus(new TokenUsage { ReportedCost = ToCost(other) }).ReportedCost);

    private static decimal? ToCost(string? text) => text is null ? null : decimal.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private static TokenUsage With(string name, long? count)
    {
        object usage = default(TokenUsage); // Boxed, because reflection sets the property of the box.
        Counts.Single(property => property.Name == name).SetValue(usage, count);
        return (TokenUsage)usage;
    }
}
