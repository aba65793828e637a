using System.Globalization;
using System.Text;

using UsageCapture.Decoding;

namespace UsageCapture.Tests.Decoding;

/// <summary>Single values at their limits. A value of another kind or a damaged one reads as missing.</summary>
public sealed class JsonValueTests
{
    [Theory]
    [InlineData("0", 0L)]
    [InlineData("7", 7L)]
    [InlineData("12.0", 12L)]
    [InlineData("1.2e1", 12L)]
    [InlineData("\"12\"", 12L)]
    [InlineData("\"0\"", 0L)]
    [InlineData("9007199254740992", 9007199254740992)]
    [InlineData("9007199254740992.0", 9007199254740992)]
    [InlineData("\"9007199254740992\"", 9007199254740992)]
    [InlineData("9007199254740993", null)]
    [InlineData("9007199254740993.0", null)]
    [InlineData("\"9007199254740993\"", null)]
    [InlineData("-1", null)]
    [InlineData("-1.0", null)]
    [InlineData("\"-1\"", null)]
    [InlineData("1.5", null)]
    [InlineData("\"1.0\"", null)]
    [InlineData("\"1 \"", null)]
    [InlineData("\"\"", null)]
    [InlineData("1e300", null)]
    [InlineData("true", null)]
    [InlineData("null", null)]
    [InlineData("{}", null)]
    [InlineData("", null)]
    [InlineData("-", null)]
    public void GetCount_OfAValue_IsAWholeNumberUpToItsLimit(string json, long? count) => Assert.Equal(count, JsonValue.GetCount(Utf8(json)));

    [Theory]
    [InlineData("0", "0")]
    [InlineData("0.0000001", "0.0000001")]
    [InlineData("1e-3", "0.001")]
    [InlineData("1000000000000", "1000000000000")]
    [InlineData("1000000000000.01", null)]
    [InlineData("-0.01", null)]
    [InlineData("\"1\"", null)]
    [InlineData("1e300", null)]
    [InlineData("null", null)]
    [InlineData("", null)]
    [InlineData("1.", null)]
    public void GetAmount_OfAValue_IsANumberUpToItsLimit(string json, string? amount) => Assert.Equal(
        amount is null ? null : decimal.Parse(amount, CultureInfo.InvariantCulture), JsonValue.GetAmount(Utf8(json)));

    [Theory]
    [InlineData("true", true)]
    [InlineData("false", false)]
    [InlineData("\"true\"", false)]
    [InlineData("1", false)]
    [InlineData("", false)]
    public void IsTrue_OfAValue_IsTrueForTheLiteral(string json, bool isTrue) => Assert.Equal(isTrue, JsonValue.IsTrue(Utf8(json)));

    [Theory]
    [InlineData("\"abcd\"", "abcd")]
    [InlineData("\"abcde\"", "abcd")]
    [InlineData("\"a b~\"", "a b~")]
    [InlineData("\"é🙂\"", "é🙂")]
    [InlineData("\"éabcd\"", "éabc")]
    [InlineData("\"éab🙂\"", "éab")] // Half of the character is no text.
    [InlineData("\"\\u0061\\\"\"", "a\"")]
    [InlineData("\"\u007F\"", "\u007F")]
    [InlineData("12345", "1234")]
    [InlineData("-1", "-1")]
    [InlineData("\"\"", null)]
    [InlineData("null", null)]
    [InlineData("nul", null)]
    [InlineData("true", null)]
    [InlineData("{}", null)]
    [InlineData("[]", null)]
    [InlineData("", null)]
    [InlineData("\"", null)]
    [InlineData("\"\\ud800\"", null)]
    [InlineData("\"\\x\"", null)]
    [InlineData("\"\t\"", null)]
    public void GetText_OfAValue_IsItsTextUpToTheLength(string json, string? text) => Assert.Equal(text, JsonValue.GetText(Utf8(json), maxLength: 4));

    [Theory]
    [InlineData("""{"a":1,"b":2}""", "b", "2")]
    [InlineData("""{"a":1,"a":{"b":[ 2 ]}}""", "a", """{"b":[ 2 ]}""")]
    [InlineData("""{"\u0061":1}""", "a", "1")]
    [InlineData("""{"é":1}""", "é", "1")]
    [InlineData("""{"A":1}""", "a", "")]
    [InlineData("""{"b":{"a":1}}""", "a", "")]
    [InlineData("""["a"]""", "a", "")]
    [InlineData("""{"a":1,"a":""", "a", "1")]
    [InlineData("", "a", "")]
    public void FindMember_OfAnObject_IsTheLastOfItsName(string json, string name, string value)
    {
        Assert.Equal(value, Encoding.UTF8.GetString(JsonValue.FindMember(Utf8(json), name.AsSpan())));
        Assert.Equal(value, Encoding.UTF8.GetString(JsonValue.FindMember(Utf8(json), Utf8(name))));
    }

    [Theory]
    [InlineData(84)]
    [InlineData(85)]
    [InlineData(1000)]
    public void FindMember_OfALongName_FindsIt(int length)
    {
        string name = new('你', length);

        Assert.Equal("1", Encoding.UTF8.GetString(JsonValue.FindMember(Utf8($$"""{"{{name}}":1}"""), name.AsSpan())));
    }

    [Theory]
    [InlineData("\"a\"", true)]
    [InlineData("0", true)]
    [InlineData("9", true)]
    [InlineData("-1", true)]
    [InlineData("\"\"", false)]
    [InlineData("\"", false)]
    [InlineData("null", false)]
    [InlineData("true", false)]
    [InlineData("{}", false)]
    [InlineData("[]", false)]
    [InlineData("/", false)]
    [InlineData(":", false)]
    [InlineData("", false)]
    public void HasText_OfAValue_IsTrueForANumberAndAString(string json, bool hasText) => Assert.Equal(hasText, JsonValue.HasText(Utf8(json)));

    [Theory]
    [InlineData("0", 0)]
    [InlineData("1", 1)]
    [InlineData("9", 9)]
    [InlineData("10", 0)]
    [InlineData("-1", 0)]
    [InlineData("1.0", 0)]
    [InlineData("1 ", 0)]
    [InlineData("\"1\"", 0)]
    [InlineData("99999999999", 0)]
    [InlineData("null", 0)]
    [InlineData("", 0)]
    public void GetIndex_OfAValue_IsBelowTheLimit(string json, int index) => Assert.Equal(index, JsonValue.GetIndex(Utf8(json), limit: 10));

    [Theory]
    [InlineData("\"abc\"", "abc", true)]
    [InlineData("\"\"", "", true)]
    [InlineData("\"你é🙂\"", "你é🙂", true)]
    [InlineData("\"你你\"", "你你", true)] // Three bytes for each character, the most there are.
    [InlineData("\"\\u0061bc\"", "abc", true)]
    [InlineData("\"\\n\"", "\n", true)]
    [InlineData("\"abc\"", "ab", false)]
    [InlineData("\"abc\"", "abcd", false)]
    [InlineData("\"abc\"", "abC", false)]
    [InlineData("\"abc\"", "a", false)]
    [InlineData("\"\\ud800\"", "a", false)]
    [InlineData("\"\\ud800\"", "\ud800", false)]
    [InlineData("\"\\x\"", "x", false)]
    [InlineData("\"\t\"", "\t", false)]
    [InlineData("12345", "123", false)]
    [InlineData("null", "nu", false)]
    [InlineData("[\\]", "a", false)]
    [InlineData("", "", false)]
    public void TextEquals_OfAValue_ComparesTheText(string json, string text, bool areEqual) => Assert.Equal(areEqual, JsonValue.TextEquals(Utf8(json), text));

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
