using System.Text.Json;

namespace UsageCapture.Testing.Tests;

/// <summary>Validates JSON with a schema. Only the keywords of recording.schema.json are supported.</summary>
internal static class JsonSchema
{
    private static readonly string[] SupportedKeywords =
    [
        "$schema", "title", "description", "type", "format", "default", "examples", "const", "enum", "minimum", "maximum", "required",
        "properties", "additionalProperties", "items",
    ];

    /// <summary>Returns one line for each violation, with the path and the violated keyword.</summary>
    public static IEnumerable<string> GetViolations(JsonElement schema, JsonElement value, string path = "$")
    {
        foreach (JsonProperty keyword in schema.EnumerateObject())
        {
            Assert.Contains(keyword.Name, SupportedKeywords);
            IEnumerable<string> violations = keyword.Name switch
            {
                "type" => Report(GetTypes(keyword.Value).Contains(GetJsonType(value)) || (GetJsonType(value) == "integer" && GetTypes(keyword.Value).Contains("number"))),
                "const" => Report(JsonElement.DeepEquals(keyword.Value, value)),
                "enum" => Report(keyword.Value.EnumerateArray().Any(allowed => JsonElement.DeepEquals(allowed, value))),
                "minimum" => Report(value.ValueKind != JsonValueKind.Number || value.GetDouble() >= keyword.Value.GetDouble()),
                "maximum" => Report(value.ValueKind != JsonValueKind.Number || value.GetDouble() <= keyword.Value.GetDouble()),
                "required" => Report(value.ValueKind != JsonValueKind.Object
                    || keyword.Value.EnumerateArray().All(name => value.TryGetProperty(name.GetString()!, out _))),
                "items" => value.ValueKind == JsonValueKind.Array
                    ? value.EnumerateArray().SelectMany((item, i) => GetViolations(keyword.Value, item, $"{path}[{i}]"))
                    : [],
                "properties" or "additionalProperties" => [],
                _ => [],
            };
            foreach (string violation in violations)
            {
                yield return violation;
            }

            IEnumerable<string> Report(bool isAllowed) => isAllowed ? [] : [$"{path}: {keyword.Name} {keyword.Value.GetRawText()}"];
        }

        foreach (string violation in GetMemberViolations(schema, value, path))
        {
            yield return violation;
        }
    }

    private static IEnumerable<string> GetMemberViolations(JsonElement schema, JsonElement value, string path)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            yield break;
        }

        foreach (JsonProperty member in value.EnumerateObject())
        {
            string memberPath = $"{path}.{member.Name}";
            if (schema.TryGetProperty("properties", out JsonElement properties) && properties.TryGetProperty(member.Name, out JsonElement memberSchema))
            {
                foreach (string violation in GetViolations(memberSchema, member.Value, memberPath))
                {
                    yield return violation;
                }
            }
            else if (schema.TryGetProperty("additionalProperties", out JsonElement others))
            {
                foreach (string violation in others.ValueKind == JsonValueKind.False ? [$"{memberPath} is not known"] : GetViolations(others, member.Value, memberPath))
                {
                    yield return violation;
                }
            }
        }
    }

    private static IEnumerable<string?> GetTypes(JsonElement type) =>
        type.ValueKind == JsonValueKind.Array ? type.EnumerateArray().Select(one => one.GetString()) : [type.GetString()];

    private static string GetJsonType(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True or JsonValueKind.False => "boolean",
        JsonValueKind.Number => value.TryGetInt64(out _) ? "integer" : "number",
        var kind => kind.ToString().ToLowerInvariant(),
    };
}
