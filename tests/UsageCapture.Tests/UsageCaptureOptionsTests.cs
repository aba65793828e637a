namespace UsageCapture.Tests;

public sealed class UsageCaptureOptionsTests
{
    [Fact]
    public void Options_ThatAreNew_HaveTheDocumentedDefaults()
    {
        var options = new UsageCaptureOptions();

        Assert.Equal(UsageRequestMode.WhenUnspecified, options.UsageRequest);
        Assert.Equal(InjectedUsageMode.Forward, options.InjectedUsage);
        Assert.True(options.ResendWhenRefused);
        Assert.Empty(options.Providers);
        Assert.Empty(options.Paths);
        Assert.Empty(options.ExcludedPaths);
        Assert.Equal(TimeSpan.FromSeconds(2), options.PublishTimeout);
        Assert.Equal(TimeSpan.FromSeconds(2), options.DrainTimeout);
        Assert.Equal(65_536, options.MaxDrainBytes);
        Assert.Equal(100, options.MaxConcurrentDrains);
        Assert.False(options.DrainUnfinished);
        Assert.Null(options.Enrich);
        options.Validate(); // The defaults are valid.
    }

    [Fact]
    public void Paths_AreCaseInsensitive()
    {
        var options = new UsageCaptureOptions { Paths = { ["/llm/Complete"] = "openai-chat" } };

        Assert.Equal("openai-chat", options.Paths["/LLM/complete"]);
    }
}
