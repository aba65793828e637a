using UsageCapture.Providers;

namespace UsageCapture.Tests.Providers;

public sealed class BedrockHeadersTests
{
    [Theory]
    [InlineData("nine")]
    [InlineData("-9")]
    [InlineData("9, 9")]
    [InlineData("9\"")]
    [InlineData("9007199254740993")]
    public void RecordCounts_HeaderThatIsNotACount_IsLeftOutAndAddsInvalidCount(string outputCount)
    {
        var report = new UsageReport(new BedrockInvokeReader());
        using var response = new HttpResponseMessage();
        response.Headers.TryAddWithoutValidation("x-amzn-bedrock-input-token-count", "12");
        response.Headers.TryAddWithoutValidation("x-amzn-bedrock-output-token-count", outputCount);

        BedrockHeaders.RecordCounts(response.Headers, report);

        Assert.Equal(12, report.Usage?.InputTokens);
        Assert.Null(report.Usage?.OutputTokens);
        Assert.True(report.Anomalies.HasFlag(UsageAnomalies.InvalidCount));
    }
}
