using System.Reflection;

namespace Quickstart;

/// <summary>The text in front of every question: this program's own source, long enough for the services to cache it.</summary>
internal static class Instructions
{
    public static string Text { get; } =
        $"Answer questions about the program below in two or three sentences of plain text.\n\n{string.Join('\n', SourceFiles())}";

    private static IEnumerable<string> SourceFiles()
    {
        Assembly assembly = typeof(Instructions).Assembly;
        foreach (string name in assembly.GetManifestResourceNames().Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            yield return $"// {name}\n{reader.ReadToEnd()}";
        }
    }
}
