using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace UsageCapture.Testing.Matching;

/// <summary>Evaluates simple JSON paths (RFC 9535), such as <c>$.messages[0].role</c>.</summary>
/// <remarks>Member names and array indexes are supported. Wildcards, filters and quoted names are not.</remarks>
internal static class JsonPath
{
    // They occur only in wildcards, filters and quoted names, or in a path with a typing error.
    private static readonly SearchValues<char> UnsupportedCharacters = SearchValues.Create("*?@()]'\" ");

    /// <summary>Returns the value at a path; null if the path leads to no value.</summary>
    /// <exception cref="FormatException">The path is not a simple JSON path.</exception>
    public static JsonElement? Find(JsonElement root, string path)
    {
        ReadOnlySpan<char> rest = path; // The part of the path that is not evaluated yet.
        if (!rest.StartsWith("$", StringComparison.Ordinal))
        {
            throw CreateMalformedException(path);
        }

        JsonElement? found = root;
        rest = rest[1..];

        // If a step finds nothing, the other steps are still checked, so that a malformed path fails for every request.
        while (!rest.IsEmpty)
        {
            // A step is ".name" or "[index]". It ends before the first character of the next step.
            int lengthAfterFirst = rest[1..].IndexOfAny('.', '[');
            ReadOnlySpan<char> step = lengthAfterFirst < 0 ? rest : rest[..(1 + lengthAfterFirst)];
            rest = rest[step.Length..];
            found = step switch
            {
                ['.', .. { Length: > 0 } name] when !name.ContainsAny(UnsupportedCharacters) => GetMember(found, name),
                ['[', .. var digits, ']'] when TryParseIndex(digits, out int index) => GetItem(found, index),
                _ => throw CreateMalformedException(path),
            };
        }

        return found;
    }

    private static bool TryParseIndex(ReadOnlySpan<char> digits, out int index) =>
        int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out index);

    private static JsonElement? GetMember(JsonElement? value, ReadOnlySpan<char> name) =>
        value is { ValueKind: JsonValueKind.Object } element && element.TryGetProperty(name, out JsonElement member) ? member : null;

    private static JsonElement? GetItem(JsonElement? value, int index) =>
        value is { ValueKind: JsonValueKind.Array } element && index < element.GetArrayLength() ? element[index] : null;

    private static FormatException CreateMalformedException(string path) =>
        new($"'{path}' is not a supported JSON path. Write member names and array indexes only, such as $.messages[0].role.");
}
