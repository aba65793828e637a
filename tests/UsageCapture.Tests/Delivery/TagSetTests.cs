using System.Collections;

using UsageCapture.Delivery;

namespace UsageCapture.Tests.Delivery;

/// <summary>A set of tags does what a read-only dictionary does, cannot change, and is compared by its content.</summary>
public sealed class TagSetTests
{
    private static readonly string[] Contents = ["", "a=1", "a=2", "A=1", "b=1", "a=", "a=1 b=2", "a=2 b=1", "a=1 c=2", "a=1 A=2 b="];

    public static TheoryData<string> Sets => [.. Contents];

    public static MatrixTheoryData<string, string> PairsOfSets => new(Contents, Contents);

    [Theory]
    [MemberData(nameof(Sets))]
    public void Members_OfASet_AreThoseOfADictionary(string content)
    {
        Dictionary<string, string> expected = Parse(content);

        TagSet set = TagSet.From(expected);

        Assert.Equal(expected.Count, set.Count);
        Assert.Equal(expected.Keys, set.Keys);
        Assert.Equal(expected.Values, set.Values);
        Assert.Equal(expected.AsEnumerable(), set.AsEnumerable());
        Assert.Equal(expected, ((IEnumerable)set).Cast<KeyValuePair<string, string>>());
        foreach (string name in (string[])["a", "A", "b", "c", ""])
        {
            Assert.Equal(expected.ContainsKey(name), set.ContainsKey(name));
            Assert.Equal(expected.TryGetValue(name, out string? value), set.TryGetValue(name, out string? found));
            Assert.Equal(value, found);
            if (value is not null)
            {
                Assert.Equal(value, set[name]);
            }
            else
            {
                Assert.Throws<KeyNotFoundException>(() => set[name]);
            }
        }
    }

    [Theory]
    [MemberData(nameof(PairsOfSets))]
    public void Equals_OfTwoSets_ComparesTheirTags(string content, string otherContent)
    {
        TagSet set = TagSet.From(Parse(content));
        TagSet other = TagSet.From(Parse(otherContent));

        Assert.Equal(content == otherContent, set.Equals(other));
        Assert.Equal(content == otherContent, set.GetHashCode() == other.GetHashCode());
    }

    [Fact]
    public void Equals_OfTheSameTagsInAnotherOrder_IsTrue()
    {
        TagSet set = TagSet.From(Parse("a=1 b=2 c=3"));
        TagSet other = TagSet.From(Parse("c=3 a=1 b=2"));

        Assert.True(set.Equals(other));
        Assert.Equal(set.GetHashCode(), other.GetHashCode());
    }

    [Fact]
    public void Equals_OfAnotherType_IsFalse()
    {
        Assert.False(TagSet.Empty.Equals(null));
        Assert.False(TagSet.Empty.Equals(new Dictionary<string, string>()));
    }

    [Fact]
    public void From_OfNothing_IsEmpty()
    {
        Assert.Same(TagSet.Empty, TagSet.From(null));
        Assert.Same(TagSet.Empty, TagSet.From(new Dictionary<string, string>()));
        Assert.Empty(TagSet.Empty);
    }

    [Fact]
    public void From_OfASet_IsThatSet()
    {
        TagSet set = TagSet.From(Parse("a=1"));

        Assert.Same(set, TagSet.From(set));
    }

    [Fact]
    public void From_OfADictionaryThatChangesLater_KeepsTheTags()
    {
        var tags = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["a"] = "1" };
        TagSet set = TagSet.From(tags);

        tags["b"] = "2";

        Assert.Equal(TagSet.From(Parse("a=1")), set);
        Assert.False(set.ContainsKey("A")); // Names are case-sensitive, whatever the dictionary compared.
    }

    [Theory]
    [InlineData("", "", "")]
    [InlineData("a=1", "", "a=1")]
    [InlineData("", "a=1", "a=1")]
    [InlineData("a=1 b=1", "b=2 c=2", "a=1 b=2 c=2")]
    [InlineData("a=1", "A=2", "a=1 A=2")]
    public void With_OtherTags_HasBothAndTheirValuesCount(string content, string added, string expected)
    {
        TagSet set = TagSet.From(Parse(content));

        Assert.Equal(TagSet.From(Parse(expected)), set.With(TagSet.From(Parse(added))));
        Assert.Equal(TagSet.From(Parse(expected)), set.With([.. Parse(added).Select(tag => (tag.Key, tag.Value))]));
        Assert.Equal(TagSet.From(Parse(content)), set); // Unchanged.
    }

    [Fact]
    public void With_NoTags_IsTheSameSet()
    {
        TagSet set = TagSet.From(Parse("a=1"));

        Assert.Same(set, set.With(TagSet.Empty));
        Assert.Same(set, set.With([]));
        Assert.Same(set, TagSet.Empty.With(set));
    }

    [Fact]
    public void With_ANameTwice_HasTheLastValue() => Assert.Equal(TagSet.From(Parse("a=2")), TagSet.Empty.With([("a", "1"), ("a", "2")]));

    [Theory]
    [InlineData(null, "acme", "A tag with the value 'acme' has no name. Give every tag a name.")]
    [InlineData("tenant", null, "The tag 'tenant' has no value. Leave the tag out, or give it an empty text.")]
    [InlineData(null, null, "A tag with the value '' has no name. Give every tag a name.")]
    public void With_ATagWithoutNameOrValue_IsRefused(string? name, string? value, string message)
    {
        ArgumentException exception = Assert.Throws<ArgumentException>("tags", () => TagSet.Empty.With([("a", "1"), (name!, value!)]));

        Assert.StartsWith(message, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ToString_OfASet_ShowsItsTags()
    {
        Assert.Equal("[a=1, b=]", TagSet.From(Parse("a=1 b=")).ToString());
        Assert.Equal("[]", TagSet.Empty.ToString());
    }

    private static Dictionary<string, string> Parse(string content) =>
        content.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(tag => tag.Split('=')).ToDictionary(tag => tag[0], tag => tag[1]);
}
