using UsageCapture.Decoding;

namespace UsageCapture.Tests.Decoding;

public sealed class JsonPathTreeLimitsTests
{
    private const int MaxSlots = 64;

    public static TheoryData<string> DeepestPaths =>
    [
        string.Join('.', Enumerable.Repeat("a", JsonScanner.MaxDepth)),
        "a" + string.Concat(Enumerable.Repeat("[]", JsonScanner.MaxDepth - 1)),
        "a[]." + string.Join('.', Enumerable.Repeat("a", JsonScanner.MaxDepth - 2)),
    ];

    [Theory]
    [MemberData(nameof(DeepestPaths))]
    public void Add_OfTheDeepestPath_IsAcceptedAndADeeperOneIsRefused(string path)
    {
        new JsonPathTree().Add(path, field: 0);

        ArgumentException exception = Assert.Throws<ArgumentException>(nameof(path), () => new JsonPathTree().Add("b." + path, field: 0));
        Assert.StartsWith(
            $"The path 'b.{path}' is too deep to be a field: it may have {JsonScanner.MaxDepth} levels.", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{0}")]
    [InlineData("a.{0}?")]
    [InlineData("{0}[].b")]
    public void Add_OfTheLongestName_IsAcceptedAndALongerOneIsRefused(string path)
    {
        string name = new('é', JsonMemberName.MaxLength / 2);
        new JsonPathTree().Add(path.Replace("{0}", name, StringComparison.Ordinal), field: 0);

        string longer = path.Replace("{0}", name + "a", StringComparison.Ordinal);
        ArgumentException exception = Assert.Throws<ArgumentException>(nameof(path), () => new JsonPathTree().Add(longer, field: 0));
        Assert.StartsWith(
            $"The path '{longer}' cannot be a field: a name in it is longer than {JsonMemberName.MaxLength} bytes in UTF-8.",
            exception.Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("?")]
    [InlineData("[]")]
    [InlineData(".a")]
    [InlineData("a.")]
    [InlineData("a..b")]
    [InlineData("a[")]
    [InlineData("a]")]
    [InlineData("a[]]")]
    [InlineData("a[][")]
    [InlineData("a", "a")]
    [InlineData("a?", "a?")]
    [InlineData("a[]", "a[]")]
    [InlineData("a", "a.b")]
    [InlineData("a.b", "a")]
    [InlineData("a", "a[]")]
    [InlineData("a[]", "a")]
    [InlineData("a[].b", "a.b")]
    [InlineData("a.b", "a[].b")]
    [InlineData("a[].b", "a[].b.c")]
    public void Add_OfAPathThatDoesNotFit_IsRefused(params string[] paths)
    {
        var tree = new JsonPathTree();
        foreach (string path in paths[..^1])
        {
            tree.Add(path, field: 0);
        }

        ArgumentException exception = Assert.Throws<ArgumentException>("path", () => tree.Add(paths[^1], field: 0));

        Assert.StartsWith(
            $"The path '{paths[^1]}' cannot be a field: it is empty, is named twice by the same field, or is part of another field.",
            exception.Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a", "b")]
    [InlineData("a?", "a.b")]
    [InlineData("a.b", "a?")]
    [InlineData("a.b", "a.c")]
    [InlineData("a[]", "a[].b")]
    [InlineData("a[].b", "a?")]
    [InlineData("a[][]", "a[]")]
    public void Add_OfPathsThatFit_IsAccepted(params string[] paths)
    {
        var tree = new JsonPathTree();
        Assert.All(paths, path => tree.Add(path, field: 0));
        ulong[] slots = new ulong[1];

        tree.ToShape(slots);

        Assert.Equal(1ul, slots[0]); // Values that belong to the same fields share a slot.
    }

    [Fact]
    public void ToShape_OfFieldsThatShareValues_GivesEachFieldTheSlotsOfItsValues()
    {
        var tree = new JsonPathTree();
        tree.Add("a", field: 0);
        tree.Add("b", field: 0);
        tree.Add("b", field: 1);
        tree.Add("c", field: 1);
        tree.Add("d", field: 0);
        ulong[] slots = new ulong[2];

        tree.ToShape(slots);

        Assert.Equal([0b011ul, 0b110ul], slots);
    }

    [Fact]
    public void ToShape_OfMoreValuesThanASetHasBits_IsRefused()
    {
        var tree = new JsonPathTree();
        for (int field = 0; field < MaxSlots; field++)
        {
            tree.Add($"a{field}", field);
        }

        ulong[] slots = new ulong[MaxSlots + 1];
        tree.ToShape(slots);
        Assert.Equal([.. Enumerable.Range(0, MaxSlots).Select(field => 1ul << field), 0ul], slots);

        tree.Add("b", MaxSlots);
        InvalidOperationException exception = Assert.Throws<InvalidOperationException>(() => tree.ToShape(new ulong[MaxSlots + 1]));
        Assert.Equal("There are 65 different values among the fields. There may be 64: leave some out.", exception.Message);
    }
}
