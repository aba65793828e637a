using UsageCapture.Providers;

namespace UsageCapture.Tests.Providers;

/// <summary>
/// What the values of a usage object mean. An object in the usual form is read without the general JSON reader, and the result must be the
/// same. A line break inside the object makes the reader use the general one.
/// </summary>
public sealed class CountReaderTests
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
    [InlineData("""{"input":1,"output":2}""")]
    [InlineData("""{"input": 1, "output": 2, "details": {"cached": 3}}""")]
    [InlineData("""{ "input" : 1 , "output" : null }""")]
    [InlineData("""{"input":0,"output":9007199254740992}""")]
    [InlineData("""{"input":999999999999999,"output":1000000000000000}""")]
    [InlineData("""{"input":9007199254740993,"output":99999999999999999999}""")]
    [InlineData("""{"details":{"cached":4},"cached":0}""")]
    [InlineData("""{"cached":5,"details":{"cached":0}}""")]
    [InlineData("""{"cached":5,"details":{"cached":6}}""")]
    [InlineData("""{"input":1,"input":2}""")]
    [InlineData("""{"details":7,"input":{"cached":8}}""")]
    [InlineData("""{"other":{"input":1},"input":2}""")]
    [InlineData("""{"other":[1,{"input":1}],"input":2}""")]
    [InlineData("""{"other":"input","input":2}""")]
    [InlineData("""{"other name":1,"größe":2,"input":3}""")]
    [InlineData("""{"\u0069nput":1}""")]
    [InlineData("""{"in\"put":1,"input":2}""")]
    [InlineData("""{"input":"12","output":12.0}""")]
    [InlineData("""{"input":-1,"output":1.5}""")]
    [InlineData("""{"input":1e3,"output":true}""")]
    [InlineData("""{}""")]
    [InlineData("""{"details":{}}""")]
    [InlineData("""{"details":{"cached":1},"other":{}}""")]

    // Damaged objects.
    [InlineData("""{"input":01,"output":2}""")]
    [InlineData("""{"input":1,}""")]
    [InlineData("""{"input":1,"output"}""")]
    [InlineData("""{"input":1 2}""")]
    [InlineData("""{"input":nullx}""")]
    [InlineData("""{"input":nul}""")]
    [InlineData("""{"input":1}}""")]
    [InlineData("""{"input":1} {"output":2}""")]
    [InlineData("""{"input":1""")]
    [InlineData("""{"input":""")]
    [InlineData("""{"input""")]
    [InlineData("""{"details":{"cached":1,"input":2}""")]
    [InlineData("""{"input":1,"details":{"cached":1},"output":2x}""")]
    [InlineData("""{input:1}""")]
    [InlineData("""{'input':1}""")]
    [InlineData("{\"in\u0001put\":1,\"input\":2}")]
    public void Read_UsualForm_GivesTheSameAsTheGeneralReader(string json)
    {
        UsageCounts<Count> expected = Read(json.Insert(1, "\n"));

        UsageCounts<Count> counts = Read(json);

        Assert.Equal(Describe(expected), Describe(counts));
    }

    [Fact]
    public void Read_EveryCutOfAnObject_GivesTheSameAsTheGeneralReader()
    {
        const string Json = """{"input":12, "other":3,"details":{"cached":4, "more":null},"output":5}""";
        for (int length = 1; length < Json.Length; length++)
        {
            string cut = Json[..length];

            Assert.Equal(Describe(Read(cut.Insert(1, "\n"))), Describe(Read(cut)));
        }
    }

    [Fact]
    public void Read_NestedObject_ReadsAllCounts()
    {
        UsageCounts<Count> counts = Read("""{"input":12,"details":{"cached":3},"output":4}""");

        Assert.Equal("12 4 3 True None", Describe(counts));
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
        Assert.Equal(expected, DescribeValues(Read(json)));

        if (json.StartsWith('{'))
        {
            Assert.Equal(expected, DescribeValues(Read(json.Insert(1, "\n")))); // The general reader.
        }
    }

    [Theory]
    [InlineData(62, "1 - -")]
    [InlineData(63, "none UndecodableEvent")]
    public void Read_OfAnObjectThatIsTooDeepForTheRecord_HasNoCounts(int depth, string expected) => Assert.Equal(
        expected, DescribeValues(Read($$"""{"input":1,"other":{{new string('[', depth)}}{{new string(']', depth)}}}""")));

    private static UsageCounts<Count> Read(string json) => Reader.Read(System.Text.Encoding.UTF8.GetBytes(json));

    private static string Describe(UsageCounts<Count> counts) =>
        $"{counts[Count.Input]} {counts[Count.Output]} {counts[Count.Cached]} {counts.IsObject} {counts.Anomalies}";

    private static string DescribeValues(UsageCounts<Count> counts) => !counts.IsObject
        ? $"none {counts.Anomalies}"
        : $"{Show(counts[Count.Input])} {Show(counts[Count.Output])} {Show(counts[Count.Cached])}"
            + (counts.Anomalies == UsageAnomalies.None ? "" : $" {counts.Anomalies}");

    private static string Show(long? count) => count?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "-";
}
