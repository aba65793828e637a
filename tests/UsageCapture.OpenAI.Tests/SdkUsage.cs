using OpenAI.Chat;

namespace UsageCapture.OpenAI.Tests;

/// <summary>Usage as OpenAI's own client reports it to its caller.</summary>
internal static class SdkUsage
{
    /// <summary>Asserts that a record counts what the client counted.</summary>
    public static void IsThatOf(UsageRecord record, ChatTokenUsage? reported)
    {
        Assert.NotNull(reported);
        Assert.Equal(reported.InputTokenCount, record.Usage?.InputTokens);
        Assert.Equal(reported.InputTokenDetails.CachedTokenCount, record.Usage?.CachedInputTokens);
        Assert.Equal(reported.OutputTokenCount, record.Usage?.OutputTokens);
        Assert.Equal(reported.OutputTokenDetails.ReasoningTokenCount, record.Usage?.ReasoningTokens);
        Assert.Equal(reported.TotalTokenCount, record.Usage?.TotalTokens);
    }
}
