using System.Text.Json;

using UsageCapture.Delivery;

namespace UsageCapture.Tests.Delivery;

public sealed class SecondsConverterTests
{
    private static readonly JsonSerializerOptions Options = new() { Converters = { new SecondsConverter() } };

    [Theory]
    [InlineData(0, "0")]
    [InlineData(1, "0.0000001")]
    [InlineData(-1, "-0.0000001")]
    [InlineData(15_000_000, "1.5")]
    [InlineData(long.MaxValue, "922337203685.4775807")]
    [InlineData(long.MinValue, "-922337203685.4775808")]
    public void Duration_WrittenAndRead_HasTheSameTicks(long ticks, string json)
    {
        Assert.Equal(json, JsonSerializer.Serialize(TimeSpan.FromTicks(ticks), Options));
        Assert.Equal(ticks, Read(json).Ticks);
    }

    [Theory]
    [InlineData("1e-8", 0)]
    [InlineData("0.00000006", 1)]
    [InlineData("1.50", 15_000_000)]
    [InlineData("1e2", 1_000_000_000)]
    public void Seconds_OfAnotherPrecision_AreRoundedToTicks(string json, long ticks) => Assert.Equal(ticks, Read(json).Ticks);

    [Theory]
    [InlineData("922337203685.4775808")]
    [InlineData("-922337203685.4775809")]
    [InlineData("1000000000000000")]
    public void Seconds_BeyondTheLargestDuration_AreRefused(string seconds) => Assert.StartsWith(
        $"A duration of {seconds} seconds is out of range.", Assert.Throws<JsonException>(() => Read(seconds)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("\"1\"")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("1e300")]
    public void Value_ThatIsNoNumberOfSeconds_IsRefused(string json) => Assert.Throws<JsonException>(() => Read(json));

    private static TimeSpan Read(string json) => JsonSerializer.Deserialize<TimeSpan>(json, Options);
}
