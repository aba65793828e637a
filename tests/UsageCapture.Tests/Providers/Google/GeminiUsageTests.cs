using System.Text;

using UsageCapture.Providers;

namespace UsageCapture.Tests.Providers.Google;

/// <summary>Google's usage objects, also as gateways change them.</summary>
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
        UsageReading reading = GeminiUsage.ReadMetadata(Encoding.UTF8.GetBytes(json));

        Assert.Equal((input, output, anomalies), (reading.Usage!.Value.InputTokens, reading.Usage.Value.OutputTokens, reading.Anomalies));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"trafficType":"ON_DEMAND"}""")]
    [InlineData("""{"promptTokenCount":null,"cachedContentTokenCount":4}""")]
    public void Usage_WithoutCounts_IsNone(string json) =>
        Assert.Null(GeminiUsage.ReadMetadata(Encoding.UTF8.GetBytes(json)).Usage);

    [Fact]
    public void Modalities_OfSeveralLists_AreTheirSum()
    {
        const string Json = """
            {"promptTokenCount":20,"promptTokensDetails":[{"tokenCount":4,"modality":"AUDIO"},{"modality":"VIDEO","tokenCount":9},{"modality":"image","tokenCount":2}],
             "toolUsePromptTokenCount":3,"toolUsePromptTokensDetails":[{"modality":"AUDIO","tokenCount":3}],"candidatesTokensDetails":[{"modality":"AUDIO","tokenCount":6}]}
            """;

        TokenUsage usage = GeminiUsage.ReadMetadata(Encoding.UTF8.GetBytes(Json)).Usage!.Value;

        Assert.Equal((7, 2, 6, null), (usage.InputAudioTokens, usage.InputImageTokens, usage.OutputAudioTokens, usage.OutputImageTokens));
    }

    // Each count is the largest valid one. The list fits into the text that is kept of a document.
    [Fact]
    public void Modalities_OfAHostileList_AreTheLargestCount()
    {
        string entries = string.Join(',', Enumerable.Repeat("""{"modality":"AUDIO","tokenCount":9007199254740992}""", 1100));

        TokenUsage usage = GeminiUsage.ReadMetadata(
            Encoding.UTF8.GetBytes($$"""{"promptTokenCount":8,"promptTokensDetails":[{{entries}}]}""")).Usage!.Value;

        Assert.Equal(long.MaxValue, usage.InputAudioTokens);
    }
}
