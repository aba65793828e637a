using System.Text;

using UsageCapture.Providers;

namespace UsageCapture.Tests.Providers;

/// <summary>The words of Google's usage as gateways bend them.</summary>
public sealed class GeminiUsageTests
{
    [Theory]
    [InlineData("""{"promptTokenCount":8.0,"candidatesTokenCount":"5","totalTokenCount":13}""", 8L, 5L, UsageAnomalies.None)]
    [InlineData("""{"promptTokenCount":8,"candidatesTokenCount":null,"thoughtsTokenCount":5}""", 8L, 5L, UsageAnomalies.None)]
    [InlineData("""{"promptTokenCount":8,"candidatesTokenCount":0,"totalTokenCount":8}""", 8L, 0L, UsageAnomalies.None)]
    [InlineData("""{"promptTokenCount":8,"totalTokenCount":20}""", 8L, null, UsageAnomalies.None)]
    [InlineData("""{"promptTokenCount":8,"candidatesTokenCount":-5,"totalTokenCount":13}""", 8L, null, UsageAnomalies.InvalidCount)]
    [InlineData("""{"candidatesTokenCount":5,"promptTokensDetails":7,"candidatesTokensDetails":[5,null,{"modality":[]}]}""", null, 5L, UsageAnomalies.None)]
    [InlineData("""{"toolUsePromptTokenCount":3,"totalTokenCount":3}""", 3L, null, UsageAnomalies.None)]
    public void Counts_HoweverWritten_AreKeptOrUnknown(string json, long? input, long? output, UsageAnomalies anomalies)
    {
        Assert.True(GeminiUsage.TryRead(Encoding.UTF8.GetBytes(json), out TokenUsage usage, out UsageAnomalies odd));

        Assert.Equal((input, output, anomalies), (usage.InputTokens, usage.OutputTokens, odd));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"trafficType":"ON_DEMAND"}""")]
    [InlineData("""{"promptTokenCount":null,"cachedContentTokenCount":4}""")]
    public void Usage_WithoutCounts_IsNone(string json) =>
        Assert.False(GeminiUsage.TryRead(Encoding.UTF8.GetBytes(json), out _, out _));

    [Fact]
    public void Modalities_OfSeveralLists_AreTheirSum()
    {
        const string Json = """
            {"promptTokenCount":20,"promptTokensDetails":[{"tokenCount":4,"modality":"AUDIO"},{"modality":"VIDEO","tokenCount":9},{"modality":"image","tokenCount":2}],
             "toolUsePromptTokenCount":3,"toolUsePromptTokensDetails":[{"modality":"AUDIO","tokenCount":3}],"candidatesTokensDetails":[{"modality":"AUDIO","tokenCount":6}]}
            """;

        GeminiUsage.TryRead(Encoding.UTF8.GetBytes(Json), out TokenUsage usage, out _);

        Assert.Equal((7, 2, 6, null), (usage.InputAudioTokens, usage.InputImageTokens, usage.OutputAudioTokens, usage.OutputImageTokens));
    }
}
