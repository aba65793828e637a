using System.Globalization;
using Spectre.Console;
using UsageCapture;

namespace Quickstart;

/// <summary>Prints usage records as a table, one row each.</summary>
internal static class RecordTable
{
    private const string NotReported = "–";

    public static void Print(IReadOnlyList<UsageRecord> records)
    {
        Table table = new Table().Border(TableBorder.Horizontal).BorderColor(Color.Grey);
        table.AddColumns(
            CreateNumberColumn("#"),
            CreateTextColumn("Provider").NoWrap(),
            CreateTextColumn("Model"),
            CreateNumberColumn("Input"),
            CreateNumberColumn("Cached"),
            CreateNumberColumn("Output"),
            CreateNumberColumn("Total"),
            CreateTextColumn("Status").NoWrap(),
            CreateNumberColumn("First chunk"));
        foreach ((int index, UsageRecord record) in records.Index())
        {
            table.AddRow(
                FormatCount(index + 1),
                record.Provider,
                Markup.Escape(record.Model ?? NotReported),
                FormatCount(record.Usage?.InputTokens),
                FormatCount(record.Usage?.CachedInputTokens),
                FormatCount(record.Usage?.OutputTokens),
                FormatCount(record.Usage?.TotalTokens),
                record.Status == UsageStatus.Exact ? "[green]Exact[/]" : $"[red]{record.Status}[/]",
                record.TimeToFirstChunk is { } time ? $"{FormatCount((long)Math.Round(time.TotalMilliseconds))} ms" : NotReported);
        }

        AnsiConsole.WriteLine();
        AnsiConsole.Write(table);
        AnsiConsole.WriteLine();
    }

    private static TableColumn CreateTextColumn(string title) => new TableColumn(title).PadLeft(0).PadRight(1);

    private static TableColumn CreateNumberColumn(string title) => CreateTextColumn(title).RightAligned().NoWrap();

    /// <summary>Formats a count. A count that was not reported is shown as a dash, because it is not zero.</summary>
    private static string FormatCount(long? count) => count?.ToString("N0", CultureInfo.InvariantCulture) ?? NotReported;
}
