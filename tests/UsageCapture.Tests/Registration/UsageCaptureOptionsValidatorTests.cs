using UsageCapture.Registration;

namespace UsageCapture.Tests.Registration;

/// <summary>The smallest and the largest allowed value of each option, and the ones beside them.</summary>
public sealed class UsageCaptureOptionsValidatorTests
{
    [Theory]
    [InlineData(0, false)]
    [InlineData(9_999, false)] // In units of 100 nanoseconds.
    [InlineData(10_000, true)]
    [InlineData(6_000_000_000, true)]
    [InlineData(6_000_000_001, false)]
    [InlineData(-1, false)]
    public void PublishTimeout_IsFromAMillisecondToTenMinutes(long ticks, bool isValid) =>
        AssertValid(new UsageCaptureOptions { PublishTimeout = TimeSpan.FromTicks(ticks) }, isValid, "PublishTimeout");

    [Theory]
    [InlineData(-1, false)]
    [InlineData(0, true)]
    [InlineData(6_000_000_000, true)]
    [InlineData(6_000_000_001, false)]
    public void DrainTimeout_IsFromZeroToTenMinutes(long ticks, bool isValid) =>
        AssertValid(new UsageCaptureOptions { DrainTimeout = TimeSpan.FromTicks(ticks) }, isValid, "DrainTimeout");

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(1024 * 1024 * 1024, true)]
    [InlineData((1024 * 1024 * 1024) + 1, false)]
    public void MaxDrainBytes_IsFromOneByteToOneGibibyte(int bytes, bool isValid) =>
        AssertValid(new UsageCaptureOptions { MaxDrainBytes = bytes }, isValid, "MaxDrainBytes");

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(10_000, true)]
    [InlineData(10_001, false)]
    public void MaxConcurrentDrains_IsFromOneToTenThousand(int count, bool isValid) =>
        AssertValid(new UsageCaptureOptions { MaxConcurrentDrains = count }, isValid, "MaxConcurrentDrains");

    [Theory]
    [InlineData("/a", true)]
    [InlineData(":a", true)]
    [InlineData("/", false)]
    [InlineData(":", false)]
    [InlineData("a", false)]
    [InlineData("", false)]
    [InlineData("https://api.example/a", false)]
    public void ExcludedPath_BeginsWithASlashOrAColon(string path, bool isValid) =>
        AssertValid(new UsageCaptureOptions { ExcludedPaths = { "/ok", path } }, isValid, $"'{path}' in ExcludedPaths");

    [Fact]
    public void Enum_WithAnUndefinedValue_IsInvalid()
    {
        AssertValid(new UsageCaptureOptions { UsageRequest = (UsageRequestMode)9 }, isValid: false, "UsageRequest is 9");
        AssertValid(new UsageCaptureOptions { InjectedUsage = (InjectedUsageMode)9 }, isValid: false, "InjectedUsage is 9");
    }

    [Fact]
    public void Options_WithSeveralMistakes_HaveASentenceForEach()
    {
        var options = new UsageCaptureOptions { MaxDrainBytes = 0, MaxConcurrentDrains = 0, ExcludedPaths = { "a", "b" } };

        Assert.Equal(4, UsageCaptureOptionsValidator.Validate(options).Failures!.Count());
        Assert.True(UsageCaptureOptionsValidator.Validate(new UsageCaptureOptions()).Succeeded);
    }

    private static void AssertValid(UsageCaptureOptions options, bool isValid, string mistake)
    {
        var result = UsageCaptureOptionsValidator.Validate(options);

        Assert.Equal(isValid, result.Succeeded);
        if (!isValid)
        {
            Assert.Contains(mistake, Assert.Single(result.Failures!), StringComparison.Ordinal);
        }
    }
}
