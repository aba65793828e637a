using System.Text;

using UsageCapture.Decoding;

namespace UsageCapture.Tests.Decoding;

public sealed class JsonMemberTests
{
    [Theory]
    [InlineData("usage", "usage", true)]
    [InlineData("\\u0075sage", "usage", true)]
    [InlineData("\\\"\\n", "\"\n", true)]
    [InlineData("\\u00e9", "é", true)]
    [InlineData("\\ud83d\\ude42", "🙂", true)]
    [InlineData("usage", "Usage", false)]
    [InlineData("\\u0055sage", "usage", false)]
    [InlineData("\\u0075sages", "usage", false)]
    [InlineData("\\u0075", "\\u0075", false)]
    [InlineData("\\ud800", "\ud800", false)] // Half a surrogate pair is no text.
    [InlineData("\\u0075", "", false)]
    public void NameEquals_OfANameAsItIsWritten_ComparesItsText(string written, string name, bool areEqual) =>
        Assert.Equal(areEqual, Create(written).NameEquals(Encoding.UTF8.GetBytes(name)));

    [Theory]
    [InlineData(256 - 6, true)]
    [InlineData(256 - 6 + 1, false)] // Longer than every name that is looked for.
    public void NameEquals_OfALongNameWithAnEscape_IsFoundUpToItsLimit(int lengthWithoutEscape, bool areEqual)
    {
        string rest = new('x', lengthWithoutEscape);

        Assert.Equal(areEqual, Create("\\u0061" + rest).NameEquals(Encoding.UTF8.GetBytes("a" + rest)));
        Assert.True(Create("aaaaaa" + rest).NameEquals(Encoding.UTF8.GetBytes("aaaaaa" + rest))); // Without an escape there is no limit.
    }

    [Theory]
    [InlineData("usage", "usa")]
    [InlineData("\\u0075\\n", "u\n")]
    [InlineData("", null)]
    [InlineData("\\ud800", null)]
    public void GetName_OfANameAsItIsWritten_IsItsTextUpToTheLength(string written, string? name) => Assert.Equal(name, Create(written).GetName(maxLength: 3));

    private static JsonMember Create(string written) =>
        new(Encoding.UTF8.GetBytes(written), isEscaped: written.Contains('\\', StringComparison.Ordinal), "1"u8);
}
