using System.Globalization;
using System.Text.Json;

namespace UsageCapture.Testing.Replay;

/// <summary>The plain paths of RFC 9535: <c>$.messages[0].role</c>, names and indexes without wildcards and filters.</summary>
internal static class JsonPath
{
    /// <summary>Finds the value at a path; null when there is none.</summary>
    /// <exception cref="FormatException">The path is not of that form.</exception>
    public static JsonElement? Find(JsonElement value, string path)
    {
        ReadOnlySpan<char> rest = path;
        if (!rest.StartsWith("$", StringComparison.Ordinal))
        {
            throw Malformed(path);
        }

        JsonElement? found = value;
        rest = rest[1..];
        while (!rest.IsEmpty)
        {
            int length = 1 + rest[1..].IndexOfAny('.', '[');
            ReadOnlySpan<char> step = length == 0 ? rest : rest[..length];
            rest = rest[step.Length..];
            found = step switch
            {
                ['.', .. { Length: > 0 } name] => Member(found, name),
                ['[', .. var index, ']'] when int.TryParse(index, NumberStyles.None, CultureInfo.InvariantCulture, out int position) => Item(found, position),
                _ => throw Malformed(path),
            };
        }

        return found;
    }

    private static JsonElement? Member(JsonElement? value, ReadOnlySpan<char> name) =>
        value is { ValueKind: JsonValueKind.Object } element && element.TryGetProperty(name, out JsonElement member) ? member : null;

    private static JsonElement? Item(JsonElement? value, int position) =>
        value is { ValueKind: JsonValueKind.Array } element && position < element.GetArrayLength() ? element[position] : null;

    private static FormatException Malformed(string path) =>
        new($"'{path}' is not a path that is known here. Write names and indexes only, such as $.messages[0].role.");
}
