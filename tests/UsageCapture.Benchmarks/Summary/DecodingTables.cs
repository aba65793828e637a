using System.Globalization;

namespace UsageCapture.Benchmarks.Summary;

/// <summary>Prints what finding the usage costs in each situation.</summary>
internal static class DecodingTables
{
    public static void WriteTimes(IReadOnlyList<(Trial Trial, TrialResult Result)> results, TextWriter writer)
    {
        var table = new TextTable(
            "Nanoseconds per event (JSON bodies: per KiB); those from UsageCapture to Inflation beyond the plain read",
            "", "reads", "bytes", "PlainRead", "UsageCapture", "JsonReader", "JsonDocument", "OpenAIClient", "Inflation", "Copy", "Search");
        foreach ((Trial trial, TrialResult result) in results)
        {
            table.Add(
                result.Name,
                result.Reads,
                (trial.Situation.Body.PlainLength / result.Units).ToString("N0", CultureInfo.InvariantCulture),
                result.Raw(trial.PlainRead),
                result.Net(trial.Capture),
                result.Net(trial.JsonReader),
                result.Net(trial.JsonDocument),
                result.Net(trial.OpenAIClient),
                result.Net(trial.Inflation),
                result.Raw(trial.Copy),
                result.Raw(trial.Search));
        }

        table.Write(writer);
        writer.WriteLine();
        writer.WriteLine("JsonReader and JsonDocument stand behind SseParser where there are events.");
        writer.WriteLine("OpenAIClient is the whole SDK: what an application spends anyway.");
    }

    public static void WriteRatios(IReadOnlyList<(Trial Trial, TrialResult Result)> results, TextWriter writer)
    {
        var table = new TextTable(
            "Ratios: UsageCapture to what the machine can do, and everybody else to UsageCapture",
            "", "reads", "/ Copy", "/ Search", "/ Inflation", "JsonReader /", "JsonDocument /", "OpenAIClient /");
        foreach ((Trial trial, TrialResult result) in results)
        {
            table.Add(
                result.Name,
                result.Reads,
                result.AgainstLimit(trial.Copy),
                result.AgainstLimit(trial.Search),
                result.AgainstLimit(trial.Inflation),
                result.AgainstCapture(trial.JsonReader),
                result.AgainstCapture(trial.JsonDocument),
                result.AgainstCapture(trial.OpenAIClient));
        }

        table.Write(writer);
    }
}
