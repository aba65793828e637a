using System.Text;
using UsageCapture.Decoding;

namespace UsageCapture.Tests.Decoding.Json;

public sealed class RepeatedTextTests
{
    [Theory]
    [InlineData("\"gpt-4o\"", "\"gpt-4o\"", false)]
    [InlineData("\"gpt-4o\"", "\"gpt-4o-mini\"", true)]
    [InlineData("\"gpt-4o\"", "\"\\u0067pt-4o\"", false)] // The same text with an escape.
    [InlineData("\"模型\"", "\"模型\"", false)]
    [InlineData("\"2\"", "123", true)] // The bytes between the first and the last one are equal.
    [InlineData("123", "123", false)]
    [InlineData("\"gpt-4o\"", "null", false)]
    [InlineData("\"gpt-4o\"", "\"\"", false)]
    [InlineData("\"gpt-4o\"", "", false)]
    public void SecondText_IsNew_OnlyWhenItDiffers(string first, string second, bool isNew)
    {
        var kept = default(RepeatedText);
        var replaced = default(RepeatedText);
        Assert.True(kept.RecordFirst(Utf8(first)));
        Assert.True(replaced.RecordLast(Utf8(first)));
        string? original = kept.Value;

        Assert.Equal((isNew, isNew), (kept.RecordFirst(Utf8(second)), replaced.RecordLast(Utf8(second))));
        Assert.Equal(original, kept.Value);
        Assert.Equal(isNew ? second.Trim('"') : original, replaced.Value);
    }

    // A text is cut off after 256 characters, so longer texts are compared up to there.
    [Theory]
    [InlineData("a")]
    [InlineData("é")]
    public void LongText_ThatRepeats_IsNotNew(string character)
    {
        string json = $"\"{string.Concat(Enumerable.Repeat(character, 300))}\"";
        var text = default(RepeatedText);

        Assert.True(text.RecordFirst(Utf8(json)));
        Assert.False(text.RecordFirst(Utf8(json)));
        Assert.Equal(256, text.Value!.Length);
    }

    private static byte[] Utf8(string json) => Encoding.UTF8.GetBytes(json);
}
