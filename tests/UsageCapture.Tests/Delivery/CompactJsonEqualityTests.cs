using UsageCapture.Delivery;

namespace UsageCapture.Tests.Delivery;

public sealed class CompactJsonEqualityTests
{
    [Theory]
    [InlineData("{\"a\":1}", "{ \"a\" : 1 }", true)]
    [InlineData("[1,2]", "[1,\n2]", true)]
    [InlineData("{\"a\":1}", "{\"a\":2}", false)]
    [InlineData("{\"a\":1}", "{\"a\":1.0}", false)]
    [InlineData("[1]", "[1,2]", false)]
    public void Equals_OfTwoValues_ComparesTheirTextsWithoutWhiteSpace(string json, string otherJson, bool areEqual)
    {
        CompactJson value = CompactJson.TryCreate(json)!;
        CompactJson other = CompactJson.TryCreate(otherJson)!;

        Assert.Equal(areEqual, value.Equals(other));
        Assert.Equal(areEqual, value.Equals((object)other));
        Assert.Equal(areEqual, value.GetHashCode() == other.GetHashCode());
    }

    [Fact]
    public void Equals_OfNullOrAnotherType_IsFalse()
    {
        CompactJson value = CompactJson.TryCreate("1")!;

        Assert.False(value.Equals(null));
        Assert.False(value.Equals((object?)null));
        Assert.False(value.Equals((object)"1"));
    }

    [Fact]
    public void RawUsage_OfOneOfTwoRecords_MakesThemDifferent()
    {
        UsageRecord record = RandomRecord.Create(seed: 1) with { RawUsage = "{}" };

        Assert.NotEqual(record, record with { RawUsage = null });
        Assert.NotEqual(record with { RawUsage = null }, record);
    }

    [Theory]
    [InlineData("null", true)]
    [InlineData(" null ", true)]
    [InlineData("\"null\"", false)]
    [InlineData("{}", false)]
    public void IsNull_OfAValue_IsTrueForTheLiteral(string json, bool isNull) => Assert.Equal(isNull, CompactJson.TryCreate(json)!.IsNull);
}
