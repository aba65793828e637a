using System.Globalization;
using System.Text.Json;

namespace UsageCapture.Testing.Matching;

/// <summary>Evaluates simple JSON paths (RFC 9535), such as <c>$.messages[0].role</c>: member names and array indexes, no wildcards, no filters.</summary>
internal static class JsonPath
{
    /// <summary>Returns the value at a path; null if there is none.</summary>
    /// <exception cref="FormatException">The path is not a simple JSON path.</exception>
    public static JsonElement? Find(JsonElement root, string path)
    {
        ReadOnlySpan<char> rest = path;
        if (!rest.StartsWith("$", StringComparison.Ordinal))
        {
            throw CreateMalformedException(path);
        }

        JsonElement? found = root;
        rest = rest[1..];
        while (!rest.IsEmpty)
        {
            // A step is ".name" or "[index]". It ends where the next one starts.
            int length = 1 + rest[1..].IndexOfAny('.', '[');
            ReadOnlySpan<char> step = length == 0 ? rest : rest[..length];
            rest = rest[step.Length..];
            found = step switch
            {
                ['.', .. { Length: > 0 } name] => GetMember(found, name),
                ['[', .. var digits, ']'] when int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int index) => GetItem(found, index),
                _ => throw CreateMalformedException(path),
            };
        }

        return found;
    }

    private static JsonElement? GetMember(JsonElement? value, ReadOnlySpan<char> name) =>
        value is { ValueKind: JsonValueKind.Object } element && element.TryGetProperty(name, out JsonElement member) ? member : null;

    private static JsonElement? GetItem(JsonElement? value, int index) =>
        value is { ValueKind: JsonValueKind.Array } element && index < element.GetArrayLength() ? element[index] : null;

    private static FormatException CreateMalformedException(string path) =>
        new($"'{path}' is not a supported JSON path. Write member names and array indexes only, such as $.messages[0].role.");
}
