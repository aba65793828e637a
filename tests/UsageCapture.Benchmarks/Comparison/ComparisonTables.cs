using System.Globalization;
using UsageCapture.Benchmarks.Summary;

namespace UsageCapture.Benchmarks.Comparison;

/// <summary>Prints what the two builds cost.</summary>
internal static class ComparisonTables
{
    private static readonly string[] Columns = ["this build", "other build", "this/other", "this/this"];

    public static void WriteEvents(IReadOnlyList<ComparedCase> cases, TextWriter writer)
    {
        var table = new TextTable("Nanoseconds per event (JSON bodies: per KiB)", ["", "reads", .. Columns]);
        foreach (ComparedCase one in cases)
        {
            table.Add([one.Situation.Name, one.Reads.Name, .. Cells(one.Times)]);
        }

        table.Write(writer);
    }

    public static void WriteExchange(ComparedTimes times, ComparedBytes bytes, TextWriter writer)
    {
        var table = new TextTable(
            $"One whole exchange: a stream of {Situations.ShortStream} events, beyond the plain read", ["", .. Columns]);
        table.Add(["nanoseconds", .. Cells(times)]);
        table.Add(
            "bytes allocated",
            Format(bytes.ThisBuild, "N0"),
            Format(bytes.OtherBuild, "N0"),
            Format(bytes.ThisBuild / bytes.OtherBuild, "N2"),
            Format(bytes.ThisBuild / bytes.ThisBuildAgain, "N2"));
        table.Write(writer);
    }

    private static string[] Cells(ComparedTimes times) =>
        [times.ThisBuild.ToString(), times.OtherBuild.ToString(), times.Ratio.ToString(decimals: 2), times.Noise.ToString(decimals: 2)];

    private static string Format(double number, string format) => number.ToString(format, CultureInfo.InvariantCulture);
}
