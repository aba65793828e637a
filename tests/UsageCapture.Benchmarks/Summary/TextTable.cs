namespace UsageCapture.Benchmarks.Summary;

/// <summary>A table in plain text: the first column to the left, the others to the right.</summary>
internal sealed class TextTable(string title, params IReadOnlyList<string> headings)
{
    private const string Gap = "  ";

    private readonly List<IReadOnlyList<string>> _rows = [headings];

    public void Add(params IReadOnlyList<string> cells) => _rows.Add(cells);

    public void Write(TextWriter writer)
    {
        int[] widths = [.. Enumerable.Range(0, headings.Count).Select(column => _rows.Max(row => row[column].Length))];
        writer.WriteLine();
        writer.WriteLine(title);
        writer.WriteLine();
        foreach (IReadOnlyList<string> row in _rows)
        {
            IEnumerable<string> cells = row.Select((cell, column) => column == 0 ? cell.PadRight(widths[0]) : cell.PadLeft(widths[column]));
            writer.WriteLine(string.Join(Gap, cells).TrimEnd());
        }
    }
}
