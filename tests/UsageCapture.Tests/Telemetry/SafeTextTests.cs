using UsageCapture.Telemetry;

namespace UsageCapture.Tests.Telemetry;

public sealed class SafeTextTests
{
    [Fact]
    public void Clean_OfEachCharacter_ReplacesControlCharactersAndLineSeparators()
    {
        for (int code = 0; code <= 0x2030; code++)
        {
            char character = (char)code;
            bool isUnsafe = char.IsControl(character) || character is '\u2028' or '\u2029';

            Assert.Equal($"a{(isUnsafe ? '\uFFFD' : character)}b", SafeText.Clean($"a{character}b"));
        }
    }

    // 😀 is two characters, and is not cut in the middle.
    [Theory]
    [InlineData("abc", "abc")]
    [InlineData("abcd", "abcd")]
    [InlineData("abcde", "abcd")]
    [InlineData("ab😀", "ab😀")]
    [InlineData("ab😀c", "ab😀")]
    [InlineData("abc😀", "abc")]
    [InlineData("", "")]
    [InlineData(null, null)]
    public void Clean_OfALongText_CutsIt(string? text, string? expected) => Assert.Equal(expected, SafeText.Clean(text, maxLength: 4));

    [Fact]
    public void Clean_OfASafeText_IsTheSameObject()
    {
        string text = new('x', 256);

        Assert.Same(text, SafeText.Clean(text));
        Assert.Equal(text, SafeText.Clean(text + 'x'));
        Assert.Equal("a\uFFFDb\ud83d", SafeText.Clean("a\nb\ud83d", maxLength: 4)); // Not cut, although half a pair is at its end.
    }

    [Theory]
    [InlineData("/v1/chat", "/v1/chat")]
    [InlineData("/v1/chat?key=secret", "/v1/chat")]
    [InlineData("/v1/chat#secret", "/v1/chat")]
    [InlineData("/v1/chat#a?b", "/v1/chat")]
    [InlineData("?key=secret", "")]
    [InlineData("#secret", "")]
    [InlineData("/v1\n/chat", "/v1\uFFFD/chat")]
    public void CleanPath_OfAPath_LeavesItsQueryOut(string path, string expected) => Assert.Equal(expected, SafeText.CleanPath(path));

    [Fact]
    public void Path_OfALongAddress_HasIts128FirstCharacters()
    {
        string path = "/" + new string('x', 127);

        Assert.Equal(path, SafeText.GetPath(new Uri($"https://api.example{path}?key=secret")));
        Assert.Equal(path, SafeText.GetPath(new Uri($"https://api.example{path}x")));
        Assert.Equal(path, SafeText.CleanPath(path + "x"));
    }
}
