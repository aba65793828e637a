using UsageCapture.Delivery;

namespace UsageCapture.Tests.Delivery;

public sealed class CompactJsonTests
{
    [Theory]
    [InlineData("{}")]
    [InlineData("{\"a\":\"b c\"}")]
    [InlineData("{\"a\":\"你好 🙂\"}")]
    public void TryCreate_OfCompactJson_GivesTheSameText(string json) => Assert.Equal(json, CompactJson.TryCreate(json)?.ToString());

    [Fact]
    public void TryCreate_OfLongJson_RemovesAllWhiteSpaceBetweenTokens()
    {
        string[] items = [.. Enumerable.Range(0, 5000).Select(number => $"\"{number} \\\" 🙂 , \\\\\"")];

        Assert.Equal($"[{string.Join(',', items)}]", CompactJson.TryCreate($" [ {string.Join("\r\n\t, ", items)} ] ")?.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("{")]
    [InlineData("{}{}")]
    [InlineData("{\"a\":01}")]
    public void TryCreate_OfOtherText_GivesNull(string text) => Assert.Null(CompactJson.TryCreate(text));

    // A record is one level around its raw usage, and System.Text.Json reads 64 levels by default.
    [Fact]
    public void TryCreate_OfDeepJson_AllowsWhatARecordCanHold()
    {
        Assert.NotNull(CompactJson.TryCreate(new string('[', 63) + new string(']', 63)));
        Assert.Null(CompactJson.TryCreate(new string('[', 64) + new string(']', 64)));
    }

    [Fact]
    public void TryCreate_OfHalfASurrogatePair_GivesNull() => Assert.Null(CompactJson.TryCreate("\"\ud800\""));

    [Fact]
    public void Create_OfBytesThatAreNotUtf8_EqualsItsOwnText()
    {
        CompactJson broken = CompactJson.CreateUnchecked([.. "{\"a\":\""u8, 0xFF, .. "\"}"u8]);

        Assert.Equal("{\"a\":\"\uFFFD\"}", broken.ToString());
        Assert.Equal(CompactJson.TryCreate(broken.ToString()), broken);
    }
}
