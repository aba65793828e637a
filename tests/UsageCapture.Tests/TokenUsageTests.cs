using UsageCapture.Providers;

namespace UsageCapture.Tests;

/// <summary>Counts that a hostile server or a caller may set to any size: no sum of them wraps around to a negative or small number.</summary>
public sealed class TokenUsageTests
{
    private static readonly TokenUsage Huge = new()
    {
        InputTokens = long.MaxValue,
        CachedInputTokens = long.MaxValue,
        CacheWriteTokens = long.MaxValue,
        CacheWrite5mTokens = long.MaxValue,
        CacheWrite1hTokens = long.MaxValue,
        OutputTokens = long.MaxValue,
        ReasoningTokens = long.MaxValue,
        TotalTokens = long.MaxValue,
    };

    [Fact]
    public void UncachedInputTokens_WithHugeCaches_IsZero()
    {
        TokenUsage usage = Huge with { InputTokens = 7 };

        Assert.Equal(0, usage.UncachedInputTokens);
        Assert.Equal(0, usage.AsAnthropic().InputTokens);
    }

    [Fact]
    public void Plus_OfHugeCounts_IsTheLargestCount() => Assert.Equal(Huge, Huge.Plus(Huge));

    [Fact]
    public void Anomalies_OfHugeCaches_SayThatTheyExceedTheInput()
    {
        TokenUsage usage = Huge with { InputTokens = 7 };

        Assert.Equal(UsageAnomalies.CachedExceedsInput, usage.Anomalies);
        Assert.True(usage.IsImplausible);
    }

    // Wrapped around, the sum of input and output would be -2, and no total would be equal to it.
    [Fact]
    public void Anomalies_OfAHugeTotal_DoNotDependOnASumThatWrapsAround()
    {
        var usage = new TokenUsage { InputTokens = long.MaxValue, OutputTokens = long.MaxValue, TotalTokens = long.MaxValue };

        Assert.Equal(UsageAnomalies.None, usage.Anomalies);
        Assert.False(usage.IsImplausible);
    }

    [Fact]
    public void TokenSum_OfHugeCounts_IsTheLargestCount() => Assert.Equal(long.MaxValue, TokenSum.OfKnown(long.MaxValue, null, 5));
}
