namespace UsageCapture.Tests;

public sealed class AnthropicTokenUsageTests
{
    // As OpenAI reports: the cached tokens are within the input.
    [Fact]
    public void AsAnthropic_OfOpenAICounts_TakesTheCacheOutOfTheInput()
    {
        var usage = new TokenUsage { InputTokens = 120, CachedInputTokens = 64, CacheWriteTokens = 0, OutputTokens = 30, ReasoningTokens = 18, TotalTokens = 150 };

        Assert.Equal(new AnthropicTokenUsage { InputTokens = 56, CacheReadInputTokens = 64, OutputTokens = 30 }, usage.AsAnthropic());
    }

    [Fact]
    public async Task AsAnthropic_OfAnthropicCounts_GivesBackWhatAnthropicSaid()
    {
        UsageRecord record = await Recordings.CaptureAsync("anthropic-stream-cached");

        Assert.Equal(
            """{"input_tokens":12,"cache_read_input_tokens":4096,"cache_creation_input_tokens":512,"output_tokens":57}""",
            record.Usage?.AsAnthropic().ToJson());
    }

    [Fact]
    public void AsAnthropic_OfMoreCachedThanInput_IsNeverNegative()
    {
        var usage = new TokenUsage { InputTokens = 7, CachedInputTokens = 161, OutputTokens = 3 };

        Assert.Equal(new AnthropicTokenUsage { InputTokens = 0, CacheReadInputTokens = 161, OutputTokens = 3 }, usage.AsAnthropic());
    }

    [Fact]
    public void AsAnthropic_OfCountsThatAreUnknown_KnowsNoMore() => Assert.Equal(
        """{"input_tokens":null,"cache_read_input_tokens":null,"cache_creation_input_tokens":null,"output_tokens":5}""",
        new TokenUsage { OutputTokens = 5, CachedInputTokens = 0 }.AsAnthropic().ToJson());
}
