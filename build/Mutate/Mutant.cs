namespace UsageCapture.Mutate;

/// <summary>One small change of the source.</summary>
/// <param name="Id">Its number in the mutated assembly.</param>
/// <param name="File">The source file, with slashes, below the package's folder. A file of that folder itself is below <c>Root/</c>.</param>
/// <param name="Line">The line, from 1.</param>
/// <param name="Original">The changed source.</param>
/// <param name="Mutated">What replaces it.</param>
/// <param name="IsRemoval">True if a statement is removed.</param>
internal sealed record Mutant(int Id, string File, int Line, string Original, string Mutated, bool IsRemoval)
{
    public override string ToString() => $"{File}:{Line}  {Shorten(Original)}  →  {Shorten(Mutated)}";

    private static string Shorten(string text)
    {
        string line = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.Length > 120 ? line[..119] + "…" : line;
    }
}
