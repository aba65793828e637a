using System.Globalization;
using System.Text.Json;

namespace UsageCapture.Testing.Matching;

/// <summary>Evaluates simple JSON paths (RFC 9535), such as <c>$.messages[0].role</c>.</summary>
/// <remarks>Member names and array indexes are supported. Wildcards, filters and quoted names are not.</remarks>
internal static class JsonPath
{
    /// <summary>Returns the value at a path; null if the path leads to no value.</summary>
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
            // The search skips the first character of this step.
            int nextStepOffset = 1 + rest[1..].IndexOfAny('.', '[');
            bool isLastStep = nextStepOffset == 0;
            ReadOnlySpan<char> step = isLastStep ? rest : rest[..nextStepOffset];
            rest = rest[step.Length..];
            found = step switch
            {
                ['.', .. { Length: > 0 } name] => GetMember(found, name),
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
