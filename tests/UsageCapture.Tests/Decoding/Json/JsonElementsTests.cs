using System.Text;

using UsageCapture.Decoding;

namespace UsageCapture.Tests.Decoding.Json;

public sealed class JsonElementsTests
{
    [Theory]
    [InlineData("""[1,"a,]",{"b":[2]} , null,[]]""", """1 | "a,]" | {"b":[2]} | null | []""")]
    [InlineData("[]", "")]
    [InlineData("", "")]
    [InlineData("null", "")]
    [InlineData("""{"a":[1]}""", "")]
    [InlineData("[1,2", "1")] // The number may go on.
    [InlineData("[1,{\"a\":}]", "1")]
    [InlineData("[1,,2]", "1")]
    public void Enumeration_OfAnyValue_HasTheElementsBeforeDamage(string json, string expected)
    {
        List<string> elements = [];
        foreach (ReadOnlySpan<byte> element in new JsonElements(Encoding.UTF8.GetBytes(json)))
        {
            elements.Add(Encoding.UTF8.GetString(element));
        }

        Assert.Equal(expected, string.Join(" | ", elements));
    }
}
