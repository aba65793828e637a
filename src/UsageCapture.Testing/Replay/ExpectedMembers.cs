using System.Text.Json;

namespace UsageCapture.Testing.Replay;

/// <summary>Compares a record's JSON with the members of it that are expected.</summary>
internal static class ExpectedMembers
{
    public static IEnumerable<string> Differences(JsonElement expected, JsonElement actual, string path)
    {
        if (expected.ValueKind != JsonValueKind.Object || actual.ValueKind != JsonValueKind.Object)
        {
            return JsonElement.DeepEquals(expected, actual)
                ? []
                : [$"{path} should be {expected.GetRawText()}, but is {actual.GetRawText()}."];
        }

        List<string> differences = [];
        foreach (JsonProperty member in expected.EnumerateObject())
        {
            string memberPath = path.Length == 0 ? member.Name : $"{path}.{member.Name}";
            differences.AddRange(actual.TryGetProperty(member.Name, out JsonElement value)
                ? Differences(member.Value, value, memberPath)
                : [$"{memberPath} is expected, but a record has no such member."]);
        }

        return differences;
    }
}
