using UsageCapture.Providers;

namespace UsageCapture.Tests.Providers;

public sealed class TextGenerationReaderTests
{
    [Theory]
    [InlineData("twelve", "9", null, 9L)]
    [InlineData("-12", "9", null, 9L)]
    [InlineData("12", "9, 9", null, null)]
    [InlineData("12", "9.5", null, null)]
    public void ReadHeaders_HeaderThatIsNotACount_IsLeftOutAndAddsInvalidCount(
        string inputHeader, string outputHeader, long? expectedInput, long? expectedOutput)
    {
        var reader = new TextGenerationReader();
        var report = new UsageReport(reader);
        using var response = new HttpResponseMessage();
        response.Headers.TryAddWithoutValidation("x-prompt-tokens", inputHeader);
        response.Headers.TryAddWithoutValidation("x-generated-tokens", outputHeader);

        reader.ReadHeaders(response.Headers, report);

        Assert.Equal((expectedInput, expectedOutput), (report.Usage?.InputTokens, report.Usage?.OutputTokens));
        Assert.True(report.Anomalies.HasFlag(UsageAnomalies.InvalidCount));
    }
}
