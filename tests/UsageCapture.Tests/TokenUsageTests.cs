namespace UsageCapture.Tests;

/// <summary>Counts near the largest number, which a user's own reader can report, and counts of parts without their whole.</summary>
public sealed class TokenUsageTests
{
    private const long Max = long.MaxValue;

    [Theory]
    [InlineData(0, Max, Max, 0)]
    [InlineData(1, Max, Max, 0)]
    [InlineData(Max, Max, Max, 0)]
    [InlineData(Max, Max, 0, 0)]
    [InlineData(Max, Max - 3, 1, 2)]
    [InlineData(Max, 0, 0, Max)]
    public void UncachedInputTokens_OfLargeCounts_DoesNotWrap(long input, long cached, long cacheWrites, long expected)
    {
        var usage = new TokenUsage { InputTokens = input, CachedInputTokens = cached, CacheWriteTokens = cacheWrites };

        Assert.Equal(expected, usage.UncachedInputTokens);
        Assert.Equal(expected, usage.AsAnthropic().InputTokens);
    }

    [Theory]
    [InlineData(1, Max, Max, true)]
    [InlineData(Max, Max, Max, true)]
    [InlineData(Max, Max, 1, true)]
    [InlineData(Max, Max, 0, false)]
    public void Anomalies_OfLargeCacheCounts_CompareTheExactSum(long input, long cached, long cacheWrites, bool exceeds)
    {
        var usage = new TokenUsage { InputTokens = input, CachedInputTokens = cached, CacheWriteTokens = cacheWrites, OutputTokens = 1 };

        Assert.Equal(exceeds ? UsageAnomalies.CachedExceedsInput : UsageAnomalies.None, usage.Anomalies);
        Assert.Equal(exceeds, usage.IsImplausible);
    }

    [Theory]
    [InlineData(Max, Max, Max, 0, true, true)]
    [InlineData(Max, 1, Max, 0, true, true)]
    [InlineData(Max, 1, Max, 1, true, false)] // The total lacks the reasoning.
    [InlineData(1, Max, 1, Max, true, false)]
    [InlineData(Max - 1, 1, Max, 0, false, false)]
    [InlineData(5, 7, Max, Max, true, true)]
    public void Anomalies_OfLargeTotals_CompareTheExactSum(long input, long output, long total, long reasoning, bool isNotSum, bool isImplausible)
    {
        var usage = new TokenUsage { InputTokens = input, OutputTokens = output, TotalTokens = total, ReasoningTokens = reasoning };

        Assert.Equal(isNotSum, usage.Anomalies.HasFlag(UsageAnomalies.TotalIsNotSum));
        Assert.Equal(isImplausible, usage.IsImplausible);
    }

    [Theory]
    [InlineData(Max, Max, Max, true)]
    [InlineData(Max, Max, null, true)]
    [InlineData(Max, 0, Max, false)]
    public void Anomalies_OfALargeCacheSplit_CompareTheExactSum(long fiveMinutes, long oneHour, long? cacheWrites, bool isIncomplete)
    {
        var usage = new TokenUsage { CacheWrite5mTokens = fiveMinutes, CacheWrite1hTokens = oneHour, CacheWriteTokens = cacheWrites };

        Assert.Equal(isIncomplete, usage.Anomalies.HasFlag(UsageAnomalies.CacheSplitIncomplete));
    }

    [Fact]
    public void Plus_BeyondTheLargestValue_IsTheLargestValue()
    {
        var usage = new TokenUsage { InputTokens = Max, OutputTokens = 1, ReportedCost = decimal.MaxValue };

        Assert.Equal(new TokenUsage { InputTokens = Max, OutputTokens = 2, ReportedCost = decimal.MaxValue }, usage.Plus(usage));
        Assert.Equal(decimal.MinValue, new TokenUsage { ReportedCost = decimal.MinValue }.Plus(new TokenUsage { ReportedCost = -1 }).ReportedCost);
    }

    [Fact]
    public void IsAllZero_WithAPartOfAnUnknownWhole_IsFalse()
    {
        Assert.False(new TokenUsage { CachedInputTokens = 10 }.IsAllZero);
        Assert.False(new TokenUsage { CacheWriteTokens = 10 }.IsAllZero);
        Assert.False(new TokenUsage { ReasoningTokens = 10 }.IsAllZero);
        Assert.False(new TokenUsage { ReportedCost = 1 }.IsAllZero);
        Assert.True(new TokenUsage { CachedInputTokens = 0, TotalTokens = 0 }.IsAllZero);
    }
}
