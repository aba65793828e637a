using UsageCapture.Providers;

namespace UsageCapture.Tests.Providers;

/// <summary>The error, the service tier and the counts in Bedrock's headers.</summary>
public sealed class BedrockHeadersTests
{
    private readonly UsageReport _report = new(new BedrockInvokeReader());
    private readonly HttpResponseMessage _response = new();

    [Theory]
    [InlineData("ThrottlingException", "ThrottlingException")]
    [InlineData("ThrottlingException:http://internal.amazon.com/coral/", "ThrottlingException")]
    [InlineData(" A , B", "A")]
    [InlineData("A:b,c", "A")]
    [InlineData("A,b:c", "A")]
    [InlineData(":http://internal.amazon.com/coral/", null)]
    [InlineData(",", null)]
    [InlineData("", null)]
    public void Error_OfAHeader_IsTheNameBeforeAColonOrAComma(string value, string? expected)
    {
        Add("x-amzn-errortype", value);

        BedrockHeaders.RecordError(_response.Headers, _report);

        Assert.Equal(expected, _report.Error?.Type);
    }

    [Fact]
    public void Error_WithALongName_HasIts128FirstCharacters()
    {
        Add("x-amzn-errortype", new string('x', 129));

        BedrockHeaders.RecordError(_response.Headers, _report);

        Assert.Equal(new string('x', 128), _report.Error?.Type);
    }

    [Theory]
    [InlineData("flex", "flex")]
    [InlineData("Tier2", "Tier2")]
    [InlineData("", null)]
    [InlineData("a b", null)]
    [InlineData("a\"", null)]
    [InlineData("flex, flex", null)]
    public void ServiceTier_OfAHeader_IsASingleWord(string value, string? expected)
    {
        Add("x-amzn-bedrock-service-tier", value);

        BedrockHeaders.RecordServiceTier(_response.Headers, _report);

        Assert.Equal(expected, _report.ServiceTier);
    }

    // The headers are i(nput), o(utput), r(ead from a cache) and w(ritten to one).
    [Theory]
    [InlineData("i9 o4", """{"x-amzn-bedrock-input-token-count":"9","x-amzn-bedrock-output-token-count":"4"}""", UsageStage.Final)]
    [InlineData("i9", """{"x-amzn-bedrock-input-token-count":"9"}""", UsageStage.Running)]
    [InlineData("o4", """{"x-amzn-bedrock-output-token-count":"4"}""", UsageStage.Final)]
    [InlineData("i9 r1", """{"x-amzn-bedrock-input-token-count":"9","x-amzn-bedrock-cache-read-input-token-count":"1"}""", UsageStage.Running)]
    [InlineData("o4 w2", """{"x-amzn-bedrock-output-token-count":"4","x-amzn-bedrock-cache-write-input-token-count":"2"}""", UsageStage.Final)]
    [InlineData("r1 w2", "", UsageStage.Running)]
    [InlineData("", "", UsageStage.Running)]
    public void Counts_OfHeaders_AreARawUsageOfThem(string headers, string rawUsage, UsageStage stage)
    {
        foreach (string header in headers.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            string name = header[0] switch { 'i' => "input", 'o' => "output", 'r' => "cache-read-input", _ => "cache-write-input" };
            Add($"x-amzn-bedrock-{name}-token-count", header[1..]);
        }

        BedrockHeaders.RecordCounts(_response.Headers, _report);

        Assert.Equal((rawUsage, stage, rawUsage.Length > 0), (System.Text.Encoding.UTF8.GetString(_report.RawUsage), _report.Stage, _report.HasUsage));
    }

    [Theory]
    [InlineData("nine")]
    [InlineData("-9")]
    [InlineData("9, 9")]
    [InlineData("9\"")]
    [InlineData("9007199254740993")]
    public void RecordCounts_HeaderThatIsNotACount_IsLeftOutAndAddsInvalidCount(string outputCount)
    {
        Add("x-amzn-bedrock-input-token-count", "12");
        Add("x-amzn-bedrock-output-token-count", outputCount);

        BedrockHeaders.RecordCounts(_response.Headers, _report);

        Assert.Equal(12, _report.Usage?.InputTokens);
        Assert.Null(_report.Usage?.OutputTokens);
        Assert.True(_report.Anomalies.HasFlag(UsageAnomalies.InvalidCount));
    }

    private void Add(string name, string value) => _response.Headers.TryAddWithoutValidation(name, value);
}
