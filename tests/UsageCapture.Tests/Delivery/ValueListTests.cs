using System.Collections;

using UsageCapture.Delivery;

namespace UsageCapture.Tests.Delivery;

/// <summary>A value list does what a read-only list does, cannot change, and is compared by its items.</summary>
public sealed class ValueListTests
{
    private static readonly string[] Contents = ["", "a", "b", "A", "a b", "b a", "a a", "a b c", "a b d"];

    public static TheoryData<string> Lists => [.. Contents];

    public static MatrixTheoryData<string, string> PairsOfLists => new(Contents, Contents);

    [Theory]
    [MemberData(nameof(Lists))]
    public void Members_OfAList_AreThoseOfAList(string content)
    {
        List<string> expected = Parse(content);

        ValueList<string> list = ValueList<string>.From(expected);

        Assert.Equal(expected.Count, list.Count);
        Assert.Equal(expected, list.AsEnumerable());
        Assert.Equal(expected, ((IEnumerable)list).Cast<string>());
        Assert.Equal(expected, Enumerable.Range(0, expected.Count).Select(index => list[index]));
        Assert.Throws<ArgumentOutOfRangeException>(() => list[-1]);
        Assert.Throws<ArgumentOutOfRangeException>(() => list[expected.Count]);
    }

    [Theory]
    [MemberData(nameof(PairsOfLists))]
    public void Equals_OfTwoLists_ComparesTheirItemsInOrder(string content, string otherContent)
    {
        ValueList<string> list = ValueList<string>.From(Parse(content));
        ValueList<string> other = ValueList<string>.From(Parse(otherContent));

        Assert.Equal(content == otherContent, list.Equals(other));
        Assert.Equal(content == otherContent, list.GetHashCode() == other.GetHashCode());
    }

    [Fact]
    public void Equals_OfAnotherType_IsFalse()
    {
        Assert.False(ValueList<string>.Empty.Equals(null));
        Assert.False(ValueList<string>.Empty.Equals(Array.Empty<string>()));
        Assert.False(ValueList<string>.Empty.Equals(ValueList<object>.Empty));
    }

    [Fact]
    public void Constructor_OfOneItem_MakesAListOfIt() => Assert.Equal(ValueList<string>.From(["a"]), new ValueList<string>("a"));

    [Fact]
    public void From_OfNothing_IsEmpty()
    {
        Assert.Same(ValueList<string>.Empty, ValueList<string>.From(null));
        Assert.Same(ValueList<string>.Empty, ValueList<string>.From([]));
        Assert.Empty(ValueList<string>.Empty);
    }

    [Theory]
    [InlineData("a")]
    [InlineData("a b")]
    public void From_OfAValueList_IsThatList(string content)
    {
        ValueList<string> list = ValueList<string>.From(Parse(content));

        Assert.Same(list, ValueList<string>.From(list));
    }

    [Theory]
    [InlineData("a")]
    [InlineData("a b")]
    public void From_OfAListThatChangesLater_KeepsTheItems(string content)
    {
        List<string> items = Parse(content);
        ValueList<string> list = ValueList<string>.From(items);

        items[0] = "changed";
        items.Add("added");

        Assert.Equal(Parse(content), list);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0, 3)]
    [InlineData(1, 3)]
    [InlineData(2, 3)]
    public void From_OfAListWithNull_IsRefusedWithTheIndex(int index, int count)
    {
        string[] items = [.. Enumerable.Repeat("a", count)];
        items[index] = null!;

        ArgumentException exception = Assert.Throws<ArgumentException>("list", () => ValueList<string>.From(items));

        Assert.StartsWith($"The item at index {index} is null. Leave it out of the list.", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ToString_OfAList_ShowsItsItems()
    {
        Assert.Equal("[a, b]", ValueList<string>.From(["a", "b"]).ToString());
        Assert.Equal("[a]", ValueList<string>.From(["a"]).ToString());
        Assert.Equal("[]", ValueList<string>.Empty.ToString());
    }

    private static List<string> Parse(string content) => [.. content.Split(' ', StringSplitOptions.RemoveEmptyEntries)];
}
