using System.Text.Json;

using UsageCapture.Delivery;

namespace UsageCapture.Tests.Delivery;

public sealed class AnomaliesConverterTests
{
    private static readonly JsonSerializerOptions Options = new() { Converters = { new AnomaliesConverter() } };

    public static TheoryData<UsageAnomalies> EachAnomaly => [.. Enum.GetValues<UsageAnomalies>()];

    [Theory]
    [MemberData(nameof(EachAnomaly))]
    public void Anomaly_WrittenAndRead_IsItsNameInSnakeCase(UsageAnomalies anomaly)
    {
        string[] words = anomaly == UsageAnomalies.None ? [] : [JsonNamingPolicy.SnakeCaseLower.ConvertName(anomaly.ToString())];

        string json = JsonSerializer.Serialize(anomaly, Options);

        Assert.Equal(JsonSerializer.Serialize(words), json);
        Assert.Equal(anomaly, Read(json));
    }

    [Fact]
    public void Anomalies_AllTogether_AreReadBack()
    {
        UsageAnomalies all = Enum.GetValues<UsageAnomalies>().Aggregate((some, anomaly) => some | anomaly);

        Assert.Equal(all, Read(JsonSerializer.Serialize(all, Options)));
        Assert.Equal("""["model_changed","no_terminator"]""", JsonSerializer.Serialize(UsageAnomalies.ModelChanged | UsageAnomalies.NoTerminator, Options));
    }

    [Theory]
    [InlineData("""["clock_went_backwards"]""", UsageAnomalies.None)]
    [InlineData("""["clock_went_backwards","model_changed"]""", UsageAnomalies.ModelChanged)]
    [InlineData("""["model_changed","","none","ModelChanged","model_changed"]""", UsageAnomalies.ModelChanged)]
    public void Words_ThatAreUnknown_AreIgnored(string json, UsageAnomalies expected) => Assert.Equal(expected, Read(json));

    [Theory]
    [InlineData("\"model_changed\"")]
    [InlineData("null")]
    [InlineData("1")]
    [InlineData("true")]
    [InlineData("{}")]
    [InlineData("{\"model_changed\":1}")]
    [InlineData("[1]")]
    [InlineData("[null]")]
    [InlineData("[true]")]
    [InlineData("[[]]")]
    [InlineData("[{}]")]
    [InlineData("[\"model_changed\",2]")]
    public void Value_ThatIsNoListOfWords_IsRefused(string json) =>
        Assert.StartsWith("Anomalies must be a list of words.", Assert.Throws<JsonException>(() => Read(json)).Message, StringComparison.Ordinal);

    private static UsageAnomalies Read(string json) => JsonSerializer.Deserialize<UsageAnomalies>(json, Options);
}
