using System.Globalization;
using Spectre.Console;
using UsageCapture;

namespace Quickstart;

/// <summary>Prints records as a table, one line each.</summary>
internal static class RecordTable
{
    private const string NotReported = "–";

    public static void Print(IReadOnlyList<UsageRecord> records)
    {
        Table table = new Table().Border(TableBorder.Horizontal).BorderColor(Color.Grey);
        table.AddColumns(
            Number("#"), Text("Provider").NoWrap(), Text("Model"), Number("Input"), Number("Cached"), Number("Output"), Number("Total"),
            Text("Status").NoWrap(), Number("First chunk"));
        foreach ((int index, UsageRecord record) in records.Index())
        {
            table.AddRow(
                Count(index + 1),
                record.Provider,
                Markup.Escape(record.Model ?? NotReported),
                Count(record.Usage?.InputTokens),
                Count(record.Usage?.CachedInputTokens),
                Count(record.Usage?.OutputTokens),
                Count(record.Usage?.TotalTokens),
                record.Status == UsageStatus.Exact ? "[green]Exact[/]" : $"[red]{record.Status}[/]",
                record.TimeToFirstChunk is { } time ? $"{Count((long)Math.Round(time.TotalMilliseconds))} ms" : NotReported);
        }

        AnsiConsole.WriteLine();
        AnsiConsole.Write(table);
        AnsiConsole.WriteLine();
    }

    private static TableColumn Text(string title) => new TableColumn(title).PadLeft(0).PadRight(1);

    private static TableColumn Number(string title) => Text(title).RightAligned().NoWrap();

    /// <summary>A count that was not reported is a dash: null is not zero.</summary>
    private static string Count(long? count) => count?.ToString("N0", CultureInfo.InvariantCulture) ?? NotReported;
}
