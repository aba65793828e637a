using Microsoft.Extensions.Options;

using UsageCapture.Registration;

namespace UsageCapture.Tests.Registration;

/// <summary>Every limit that an option may have, at its smallest and largest value, and just beyond both.</summary>
public sealed class UsageCaptureOptionsValidatorTests
{
    private const string OneTick = "00:00:00.0000001";
    private const string TenMinutes = "00:10:00";
    private const string JustOverTenMinutes = "00:10:00.0000001";
    private const string InfiniteTimeout = "-00:00:00.0010000"; // Timeout.InfiniteTimeSpan
    private const string MaxTime = "10675199.02:48:05.4775807"; // TimeSpan.MaxValue

    [Theory]
    [InlineData("00:00:00.0010000", true)]
    [InlineData("00:00:00.0010001", true)]
    [InlineData("00:09:59.9999999", true)]
    [InlineData(TenMinutes, true)]
    [InlineData("00:00:00.0009999", false)]
    [InlineData("00:00:00", false)]
    [InlineData("-00:00:01", false)]
    [InlineData(InfiniteTimeout, false)]
    [InlineData(JustOverTenMinutes, false)]
    [InlineData(MaxTime, false)]
    public void PublishTimeout_FromAMillisecondToTenMinutes_IsValid(string value, bool isValid) => AssertValidity(
        isValid, $"PublishTimeout is {value}.", options => options.PublishTimeout = TimeSpan.Parse(value, null));

    [Theory]
    [InlineData("00:00:00", true)]
    [InlineData(OneTick, true)]
    [InlineData("00:09:59.9999999", true)]
    [InlineData(TenMinutes, true)]
    [InlineData("-" + OneTick, false)]
    [InlineData(InfiniteTimeout, false)]
    [InlineData(JustOverTenMinutes, false)]
    [InlineData(MaxTime, false)]
    public void DrainTimeout_FromZeroToTenMinutes_IsValid(string value, bool isValid) => AssertValidity(
        isValid, $"DrainTimeout is {value}.", options => options.DrainTimeout = TimeSpan.Parse(value, null));

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData((1024 * 1024 * 1024) - 1, true)]
    [InlineData(1024 * 1024 * 1024, true)]
    [InlineData(0, false)]
    [InlineData(-1, false)]
    [InlineData(int.MinValue, false)]
    [InlineData((1024 * 1024 * 1024) + 1, false)]
    [InlineData(int.MaxValue, false)]
    public void MaxDrainBytes_FromAByteToAGibibyte_IsValid(int value, bool isValid) =>
        AssertValidity(isValid, $"MaxDrainBytes is {value}.", options => options.MaxDrainBytes = value);

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(9_999, true)]
    [InlineData(10_000, true)]
    [InlineData(0, false)]
    [InlineData(-1, false)]
    [InlineData(10_001, false)]
    [InlineData(int.MaxValue, false)]
    public void MaxConcurrentDrains_FromOneToTenThousand_IsValid(int value, bool isValid) =>
        AssertValidity(isValid, $"MaxConcurrentDrains is {value}.", options => options.MaxConcurrentDrains = value);

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(-1, false)]
    [InlineData(3, false)]
    [InlineData(9, false)]
    public void UsageRequest_WithADefinedValue_IsValid(int value, bool isValid) =>
        AssertValidity(isValid, $"UsageRequest is {value},", options => options.UsageRequest = (UsageRequestMode)value);

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, true)]
    [InlineData(-1, false)]
    [InlineData(2, false)]
    [InlineData(9, false)]
    public void InjectedUsage_WithADefinedValue_IsValid(int value, bool isValid) =>
        AssertValidity(isValid, $"InjectedUsage is {value},", options => options.InjectedUsage = (InjectedUsageMode)value);

    [Theory]
    [InlineData("/a", true)]
    [InlineData(":a", true)]
    [InlineData("/a/", true)]
    [InlineData("/", false)]
    [InlineData(":", false)]
    [InlineData("a", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    [InlineData("https://api.example/a", false)]
    public void ExcludedPath_OfASlashOrColonAndMore_IsValid(string? path, bool isValid) =>
        AssertValidity(isValid, $"The path '{path}' in ExcludedPaths ", options =>
        {
            options.ExcludedPaths.Add("/ok");
            options.ExcludedPaths.Add(path!);
        });

    [Theory]
    [InlineData("/a", true)]
    [InlineData(":a", true)]
    [InlineData("/a/", true)]
    [InlineData("/", false)]
    [InlineData("a", false)]
    [InlineData("", false)]
    public void MappedPath_OfASlashOrColonAndMore_IsValid(string path, bool isValid) =>
        AssertValidity(isValid, $"The path '{path}' is mapped, ", options => options.Paths[path] = "openai-chat");

    [Theory]
    [InlineData("openai-chat", true)]
    [InlineData("OpenAI-Chat", true)]
    [InlineData("openai-cha", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void MappedPath_ToAKnownProtocol_IsValid(string? protocol, bool isValid) =>
        AssertValidity(isValid, $"The path '/a' is mapped to '{protocol}',", options => options.Paths["/a"] = protocol!);

    [Fact]
    public void Options_WithSeveralMistakes_HaveASentenceForEach()
    {
        var options = new UsageCaptureOptions { MaxDrainBytes = 0, MaxConcurrentDrains = 0, ExcludedPaths = { "a", "b" } };

        Assert.Equal(4, UsageCaptureOptionsValidator.Validate(options).Failures!.Count());
        Assert.True(UsageCaptureOptionsValidator.Validate(new UsageCaptureOptions()).Succeeded);
    }

    /// <summary>Creates a handler with one option changed. It must be valid, or have one failure that begins with the sentence.</summary>
    private static void AssertValidity(bool isValid, string sentence, Action<UsageCaptureOptions> configure)
    {
        var options = new UsageCaptureOptions();
        configure(options);

        Exception? exception = Record.Exception(() => new UsageCaptureHandler(new InMemoryUsageSink(), options).Dispose());

        if (isValid)
        {
            Assert.Null(exception);
        }
        else
        {
            string failure = Assert.Single(Assert.IsType<OptionsValidationException>(exception).Failures);
            Assert.StartsWith(sentence, failure, StringComparison.Ordinal);
        }
    }
}
