using System.Reflection;

namespace Quickstart;

/// <summary>The system message of every question. It contains the source of this program, so that it is long enough for prompt caches.</summary>
internal static class Instructions
{
    public static string Text { get; } =
        $"Answer questions about the program below in two or three sentences of plain text.\n\n{string.Join('\n', ReadSourceFiles())}";

    private static IEnumerable<string> ReadSourceFiles()
    {
        Assembly assembly = typeof(Instructions).Assembly;
        foreach (string name in assembly.GetManifestResourceNames().Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            yield return $"// {name}\n{reader.ReadToEnd()}";
        }
    }
}
