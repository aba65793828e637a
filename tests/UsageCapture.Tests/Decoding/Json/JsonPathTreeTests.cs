using System.Text;

using UsageCapture.Decoding;

namespace UsageCapture.Tests.Decoding.Json;

/// <summary>The paths of fields become a shape, with which the scanner reports the values of each field.</summary>
public sealed class JsonPathTreeTests
{
    [Theory]
    [InlineData("""{"a":[]}""", true)]
    [InlineData("""{"a":[{"b":1}]}""", true)]
    [InlineData("""{"a":1}""", true)]
    [InlineData("""{"a":null}""", false)]
    [InlineData("""{"b":[]}""", false)]
    public void PresenceOfAnArray_WhoseElementsAreWanted_IsReported(string json, bool isPresent)
    {
        Assert.Equal(isPresent, IsPresent(json, "a?", "a[].b"));
        Assert.Equal(isPresent, IsPresent(json, "a?", "a[]"));
    }

    [Theory]
    [InlineData("""{"a":[[]]}""", true)]
    [InlineData("""{"a":[]}""", false)]
    public void PresenceOfAnElement_ThatIsAnArrayItself_IsReported(string json, bool isPresent) =>
        Assert.Equal(isPresent, IsPresent(json, "a[]", "a[][].b"));

    /// <summary>Scans a document cut at every byte.</summary>
    /// <returns>Whether the first of two fields is present.</returns>
    private static bool IsPresent(string json, string path, string otherPath)
    {
        var tree = new JsonPathTree();
        tree.Add(path, field: 0);
        tree.Add(otherPath, field: 1);
        ulong[] slots = new ulong[2];
        JsonShape shape = tree.ToShape(slots);
        var captures = new JsonCaptures();
        var scanner = new JsonScanner(shape, captures);
        foreach (byte next in Encoding.UTF8.GetBytes(json))
        {
            scanner.Scan([next]);
        }

        Assert.True(scanner.IsComplete);
        return captures.HasNonNull(slots[0]);
    }
}
