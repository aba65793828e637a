using System.Text;

using UsageCapture.Providers;

namespace UsageCapture.Tests.Providers;

/// <summary>What the values of a usage object mean. <see cref="CountReaderTests"/> compares the two ways of reading it.</summary>
public sealed class CountReaderValueTests
{
    private static readonly CountReader<Count> Reader =
        new(("input", Count.Input), ("details.cached", Count.Cached), ("cached", Count.Cached), ("output", Count.Output));

    private enum Count
    {
        Input,
        Output,
        Cached,
    }

    [Theory]

    // Several names of one count: the first in the list wins, except that zero does not win over a count.
    [InlineData("""{"details":{"cached":3},"cached":4}""", "- - 3")]
    [InlineData("""{"cached":4,"details":{"cached":3}}""", "- - 3")]
    [InlineData("""{"details":{"cached":0},"cached":4}""", "- - 4")]
    [InlineData("""{"cached":4,"details":{"cached":0}}""", "- - 4")]
    [InlineData("""{"details":{"cached":3},"cached":0}""", "- - 3")]
    [InlineData("""{"details":{"cached":0},"cached":0}""", "- - 0")]
    [InlineData("""{"details":{"cached":null},"cached":4}""", "- - 4")]
    [InlineData("""{"input":1,"input":2}""", "2 - -")]
    [InlineData("""{"input":1,"input":0}""", "1 - -")]
    [InlineData("""{"input":1,"input":null}""", "1 - -")]

    // A value that is not a count is left out, with all that is in it.
    [InlineData("""{"input":{"output":5},"output":4}""", "- 4 - InvalidCount")]
    [InlineData("""{"input":{"output":5}}""", "- - - InvalidCount")]
    [InlineData("""{"input":[1,{"output":5}],"output":4}""", "- 4 - InvalidCount")]
    [InlineData("""{"input":"x","output":4}""", "- 4 - InvalidCount")]
    [InlineData("""{"input":-1,"output":4}""", "- 4 - InvalidCount")]
    [InlineData("""{"input":9007199254740992,"output":9007199254740993}""", "9007199254740992 - - InvalidCount")]
    [InlineData("""{"other":{"output":5},"input":1}""", "1 - -")]
    [InlineData("""{"details":[{"cached":5}],"input":1}""", "1 - -")]
    [InlineData("""{"details":5,"input":1}""", "1 - -")]
    [InlineData("""{"cached":{"cached":5},"input":1}""", "1 - - InvalidCount")]

    // Escaped names are those of the letters.
    [InlineData("""{"\u0069nput":1}""", "1 - -")]
    [InlineData("""{"det\u0061ils":{"\u0063\u0061\u0063\u0068\u0065\u0064":3}}""", "- - 3")]

    // Without a colon, and others that are not JSON.
    [InlineData("""{"input"1}""", "none UndecodableEvent")]
    [InlineData("""{"input"x1}""", "none UndecodableEvent")]
    [InlineData("""{"input"=1,"output":2}""", "none UndecodableEvent")]
    [InlineData("""{"input":1,"output"}""", "none UndecodableEvent")]
    [InlineData("""{"input":1,"ou\ud800tput":2}""", "none UndecodableEvent")]
    [InlineData("[1]", "none None")]
    [InlineData("null", "none None")]
    [InlineData("", "none None")]
    public void Read_OfAValue_HasItsCounts(string json, string expected)
    {
        Assert.Equal(expected, Describe(Reader.Read(Encoding.UTF8.GetBytes(json))));

        if (json.StartsWith('{'))
        {
            Assert.Equal(expected, Describe(Reader.Read(Encoding.UTF8.GetBytes(json.Insert(1, "\n"))))); // The general reader.
        }
    }

    [Theory]
    [InlineData(62, "1 - -")]
    [InlineData(63, "none UndecodableEvent")]
    public void Read_OfAnObjectThatIsTooDeepForTheRecord_HasNoCounts(int depth, string expected) => Assert.Equal(
        expected, Describe(Reader.Read(Encoding.UTF8.GetBytes($$"""{"input":1,"other":{{new string('[', depth)}}{{new string(']', depth)}}}"""))));

    private static string Describe(UsageCounts<Count> counts) => !counts.IsObject
        ? $"none {counts.Anomalies}"
        : $"{Show(counts[Count.Input])} {Show(counts[Count.Output])} {Show(counts[Count.Cached])}"
            + (counts.Anomalies == UsageAnomalies.None ? "" : $" {counts.Anomalies}");

    private static string Show(long? count) => count?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "-";
}
