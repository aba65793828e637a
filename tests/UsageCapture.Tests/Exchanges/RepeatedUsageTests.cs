using UsageCapture.Testing;

namespace UsageCapture.Tests.Exchanges;

/// <summary>A stream of chat completions that reports usage more than once, or before its finish reason.</summary>
public sealed class RepeatedUsageTests
{
    private const string First = """{"prompt_tokens":20,"completion_tokens":4,"total_tokens":24,"prompt_tokens_details":{"cached_tokens":16}}""";
    private const string WithReasoning = """
        {"prompt_tokens":20,"completion_tokens":4,"total_tokens":24,"prompt_tokens_details":{"cached_tokens":16},"completion_tokens_details":{"reasoning_tokens":2}}
        """;

    [Theory]
    [InlineData("""{"cost":0.5}""", 4L, 24L)]
    [InlineData("""{"prompt_tokens":20,"completion_tokens":4,"total_tokens":24,"cost":0.5}""", 4L, 24L)]
    [InlineData("""{"prompt_tokens":20,"completion_tokens":4,"prompt_tokens_details":{"cached_tokens":0},"cost":0.5}""", 4L, 24L)]
    [InlineData("""{"prompt_tokens":20,"completion_tokens":0,"total_tokens":24,"cost":0.5}""", 4L, 24L)]
    [InlineData("""{"prompt_tokens":20,"completion_tokens":5,"cost":0.5}""", 5L, null)]
    public async Task LaterUsage_ReplacesOnlyTheCountsItHas(string later, long output, long? total)
    {
        UsageRecord record = await CaptureAsync(Chat.Text, Chat.Finish, Usage(First), Usage(later), Chat.Done);

        Assert.Equal((20, 16, output, total), (record.Usage?.InputTokens, record.Usage?.CachedInputTokens, record.Usage?.OutputTokens, record.Usage?.TotalTokens));
        Assert.Equal((0.5m, UsageStatus.Exact, false), (record.Usage?.ReportedCost, record.Status, record.NeedsReview));
        Assert.Contains("prompt_tokens", record.RawUsage?.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"prompt_tokens":0,"completion_tokens":58,"total_tokens":58}""", 20L, 16L, 58L, null)]
    [InlineData("""{"completion_tokens":58,"total_tokens":78}""", 20L, 16L, 58L, 78L)]
    [InlineData("""{"prompt_tokens":9,"completion_tokens":3,"total_tokens":12}""", 9L, null, 3L, 12L)]
    [InlineData("""{"prompt_tokens":9,"completion_tokens":3,"total_tokens":12,"prompt_tokens_details":{"cached_tokens":0}}""", 9L, 0L, 3L, 12L)]
    public async Task LaterUsage_WithAnotherInputOrOutput_KeepsNoDetailOfTheEarlierOne(
        string later, long input, long? cached, long output, long? total)
    {
        UsageRecord record = await CaptureAsync(Chat.Text, Chat.Finish, Usage(WithReasoning), Usage(later), Chat.Done);

        TokenUsage usage = Assert.NotNull(record.Usage);
        Assert.Equal((input, cached, output, total), (usage.InputTokens, usage.CachedInputTokens, usage.OutputTokens, usage.TotalTokens));
        Assert.Null(usage.ReasoningTokens);
    }

    [Fact]
    public async Task RunningUsage_BeforeAFinishThatHasNone_IsPartialWithoutTheEndMarker()
    {
        UsageRecord record = await CaptureAsync(Chat.RunningUsage, Chat.Finish);

        Assert.Equal((UsageStatus.Partial, true), (record.Status, record.NeedsReview));
    }

    [Fact]
    public async Task RunningUsage_BeforeAFinishThatHasNone_IsExactWithTheEndMarker()
    {
        UsageRecord record = await CaptureAsync(Chat.RunningUsage, Chat.Finish, Chat.Done);

        Assert.Equal((UsageStatus.Exact, false), (record.Status, record.NeedsReview));
    }

    [Fact]
    public async Task FinishReason_InCamelCase_IsRead()
    {
        string finish = Chat.Finish.Replace("finish_reason", "finishReason", StringComparison.Ordinal);

        UsageRecord record = await CaptureAsync(Chat.Text, finish, Chat.Usage);

        Assert.Equal("stop", Assert.Single(record.FinishReasons));
        Assert.Equal(UsageStatus.Exact, record.Status);
    }

    private static string Usage(string usage) => $$"""data: {"choices":[],"usage":{{usage}}}""" + "\n\n";

    private static Task<UsageRecord> CaptureAsync(params string[] events) => Recordings.CaptureAsync(Chat.Of(events).WithMatch(RequestMatch.Any));
}
