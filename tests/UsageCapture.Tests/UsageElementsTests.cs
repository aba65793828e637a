using System.Text;

using UsageCapture.Decoding;

namespace UsageCapture.Tests;

public sealed class UsageElementsTests
{
    private readonly UsageFields _fields = new();
    private readonly UsageField _choices;
    private readonly UsageField _index;
    private readonly UsageField _reason;

    public UsageElementsTests()
    {
        _choices = _fields.Add("choices[]");
        _index = _fields.Add("choices[].index");
        _reason = _fields.Add("choices[].reason");
    }

    [Theory]
    [InlineData("""{}""", "")]
    [InlineData("""{"choices":[]}""", "")]
    [InlineData("""{"choices":null}""", "")]
    [InlineData("""{"choices":[{}]}""", "0:0:")]
    [InlineData("""{"choices":[{"reason":"a"},{"reason":"b"},{}]}""", "0:0:\"a\" 1:1:\"b\" 2:2:")]
    [InlineData("""{"choices":[{"index":1,"reason":"a"},{"index":0,"reason":"b"}]}""", "0:1:\"a\" 1:0:\"b\"")]
    [InlineData("""{"choices":[{"index":1023},{"index":1024},{"index":-1},{"index":"1"},{"index":1.5}]}""", "0:1023: 1:0: 2:0: 3:0: 4:0:")]
    [InlineData("""{"choices":[{"reason":"a","reason":"b"}]}""", "0:0:\"b\"")]
    public void Elements_OfAnArray_HaveTheirPositionsAndOwnValues(string json, string expected)
    {
        List<string> elements = [];
        foreach (UsageElement element in Read(json).Each(_choices))
        {
            elements.Add($"{element.Position}:{element.GetIndex(_index)}:{Encoding.UTF8.GetString(element[_reason])}");
        }

        Assert.Equal(expected, string.Join(' ', elements));
    }

    [Fact]
    public void Element_AskedForAFieldOfOtherFields_RefusesIt()
    {
        UsageField other = new UsageFields().Add("reason");

        ArgumentException exception = Assert.Throws<ArgumentException>("field", () =>
        {
            foreach (UsageElement element in Read("""{"choices":[{}]}""").Each(_choices))
            {
                _ = element[other];
            }
        });

        Assert.StartsWith("The field belongs to other UsageFields than the document.", exception.Message, StringComparison.Ordinal);
    }

    private UsageDocument Read(string json)
    {
        var captures = new JsonCaptures();
        var scanner = new JsonScanner(_fields.Shape, captures);
        scanner.Scan(Encoding.UTF8.GetBytes(json));
        Assert.True(scanner.IsComplete);
        return new UsageDocument(captures, _fields);
    }
}
