using UsageCapture.Telemetry;

namespace UsageCapture.Tests.Telemetry;

/// <summary>Texts at the limits of length, and at the edges of the ranges of control characters.</summary>
public sealed class SafeTextTests
{
    [Fact]
    public void Clean_EveryCharacter_ReplacesControlCharactersAndLineSeparatorsOnly()
    {
        for (int code = 0; code <= char.MaxValue; code++)
        {
            char character = (char)code;
            bool isUnsafe = char.IsControl(character) || character is '\u2028' or '\u2029';

            Assert.Equal(isUnsafe ? "a\uFFFDb" : $"a{character}b", SafeText.Clean($"a{character}b"));
        }
    }

    [Theory]
    [InlineData(255, 255)]
    [InlineData(256, 256)]
    [InlineData(257, 256)]
    public void Clean_TextOfAnyLength_HasAtMost256Characters(int length, int expected) =>
        Assert.Equal(new string('x', expected), SafeText.Clean(new string('x', length)));

    [Theory]
    [InlineData(1, "a")]
    [InlineData(2, "a")] // The cut would separate the halves of the surrogate pair.
    [InlineData(3, "a😀")]
    [InlineData(4, "a😀b")]
    [InlineData(5, "a😀b")]
    public void Clean_TextWithASurrogatePair_IsNotCutInsideIt(int maxLength, string expected) =>
        Assert.Equal(expected, SafeText.Clean("a😀b", maxLength));

    [Fact]
    public void Clean_UnsafeTextThatEndsInASurrogate_LosesOneOnlyWhenItIsCut()
    {
        Assert.Equal("a\uFFFD😀", SafeText.Clean("a\n😀", 4));
        Assert.Equal("\uFFFD\uD83D", SafeText.Clean("\n\uD83D", 2)); // The half was there before.
        Assert.Equal("\uFFFD", SafeText.Clean("\n\uD83Db", 2));
    }

    [Fact]
    public void Clean_SafeText_IsReturnedAsItIs()
    {
        string text = new('x', SafeText.MaxLength);

        Assert.Same(text, SafeText.Clean(text));
        Assert.Null(SafeText.Clean(null));
    }

    [Theory]
    [InlineData("/a?key=secret", "/a")]
    [InlineData("/a#secret", "/a")]
    [InlineData("/a?b#c", "/a")]
    [InlineData("/a#b?c", "/a")]
    [InlineData("?key=secret", "")]
    [InlineData("/@>/$!", "/@>/$!")] // The neighbours of '?' and '#' stay.
    [InlineData("/a\nb", "/a\uFFFDb")]
    public void CleanPath_WithAQuery_EndsBeforeIt(string path, string expected) => Assert.Equal(expected, SafeText.CleanPath(path));

    [Theory]
    [InlineData(127, 127)]
    [InlineData(128, 128)]
    [InlineData(129, 128)]
    public void CleanPath_OfAnyLength_HasAtMost128Characters(int length, int expected) =>
        Assert.Equal(new string('x', expected), SafeText.CleanPath(new string('x', length)));

    [Fact]
    public void GetPath_OfAnAddress_HasNoHostAndNoQuery() =>
        Assert.Equal("/v1/chat", SafeText.GetPath(new Uri("https://user:secret@a.example:8080/v1/chat?key=secret#x")));
}
