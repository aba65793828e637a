using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace UsageCapture.Telemetry;

/// <summary>Makes texts of servers, requests and addresses safe for records and log messages: short, and without control characters.</summary>
/// <remarks>A line end in a text could forge a line of a log, and an escape sequence could control the terminal that shows it.</remarks>
internal static class SafeText
{
    /// <summary>The most characters of a name, an id or a version. The longest real ones, such as resource names of AWS, have about 150.</summary>
    public const int MaxLength = 256;

    /// <summary>The most characters of an error's code, type or parameter. These are single words.</summary>
    public const int MaxErrorLength = 128;

    /// <summary>The most characters of a path in a log message. They show which API was called. The rest of a long path is often an id or a secret.</summary>
    public const int MaxPathLength = 128;

    private const char Replacement = '\uFFFD'; // Unicode's replacement character.

    // The control characters of Unicode (category Cc), and its separators of lines and paragraphs.
    private static readonly SearchValues<char> UnsafeCharacters = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Concat(Enumerable.Range(0x7F, 0x21)).Select(code => (char)code), '\u2028', '\u2029']);

    /// <summary>Cuts a text to a length, and replaces its control characters. A text that is safe is returned as it is.</summary>
    [return: NotNullIfNotNull(nameof(text))]
    public static string? Clean(string? text, int maxLength = MaxLength)
    {
        if (text is null || IsSafe(text, maxLength))
        {
            return text;
        }

        // The cut must not separate the two halves of a surrogate pair.
        int length = Math.Min(text.Length, maxLength);
        length -= length < text.Length && char.IsHighSurrogate(text[length - 1]) ? 1 : 0;
        return string.Create(length, text, static (safe, text) => text.AsSpan(0, safe.Length).ReplaceAny(safe, UnsafeCharacters, Replacement));
    }

    /// <summary>Gets the path of an address for a log message, without its query.</summary>
    public static string GetPath(Uri address) => CleanPath(address.AbsolutePath);

    /// <summary>Cuts a path for a log message. A path that was not parsed may still have its query, and the query may contain an API key.</summary>
    public static string CleanPath(string path)
    {
        int queryStart = path.AsSpan().IndexOfAny('?', '#');
        return Clean(queryStart < 0 ? path : path[..queryStart], MaxPathLength);
    }

    private static bool IsSafe(string text, int maxLength) => text.Length <= maxLength && !text.AsSpan().ContainsAny(UnsafeCharacters);
}
