using UsageCapture.Exchanges;

namespace UsageCapture.Tests.Exchanges;

public sealed class DrainLimitsTests
{
    [Theory]
    [InlineData(0, 0, 0, 0)]
    [InlineData(999, 16_383, 999, 16_383)]
    [InlineData(1000, 16_384, 1000, 16_384)]
    [InlineData(1001, 16_385, 1000, 16_384)]
    [InlineData(60_000, int.MaxValue, 1000, 16_384)]
    public void ForErrors_OfAnyLimits_IsAtMostOneSecondAnd16KiB(int milliseconds, int bytes, int expectedMilliseconds, int expectedBytes)
    {
        var limits = new DrainLimits(TimeSpan.FromMilliseconds(milliseconds), bytes, IncludeUnfinished: true, MaxConcurrentDrains: 5);

        Assert.Equal(limits with { Timeout = TimeSpan.FromMilliseconds(expectedMilliseconds), MaxBytes = expectedBytes }, limits.ForErrors);
    }
}
