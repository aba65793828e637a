using System.Text.Json;

namespace UsageCapture.Testing;

/// <summary>Compares usage records with the expectations of recordings.</summary>
public static class RecordingComparisonExtensions
{
    /// <summary>Compares a usage record with <see cref="Recording.Expected"/>.</summary>
    /// <param name="recording">The recording.</param>
    /// <param name="usageRecord">The usage record.</param>
    /// <returns>
    /// One sentence for each expected member that has another value or that the record does not have. The list is empty if there is no
    /// difference, or if the recording expects nothing.
    /// </returns>
    /// <remarks>
    /// Objects are compared member by member. Members that are not expected are ignored, at every depth. All other values, arrays included,
    /// must be equal.
    /// </remarks>
    public static IReadOnlyList<string> GetDifferences(this Recording recording, UsageRecord usageRecord)
    {
        ArgumentNullException.ThrowIfNull(recording);
        ArgumentNullException.ThrowIfNull(usageRecord);
        List<string> differences = [];
        if (recording.Expected is { } expected)
        {
            Compare(expected, JsonElement.Parse(usageRecord.ToJson()), path: "", differences);
        }

        return differences;
    }

    /// <summary>Adds the differences between two values to a list.</summary>
    private static void Compare(JsonElement expected, JsonElement actual, string path, List<string> differences)
    {
        if (expected.ValueKind != JsonValueKind.Object || actual.ValueKind != JsonValueKind.Object)
        {
            if (!JsonElement.DeepEquals(expected, actual))
            {
                string subject = path.Length == 0 ? "The record" : path;
                differences.Add($"{subject} should be {expected.GetRawText()}, but is {actual.GetRawText()}.");
            }

            return;
        }

        foreach (JsonProperty member in expected.EnumerateObject())
        {
            string memberPath = path.Length == 0 ? member.Name : $"{path}.{member.Name}";
            if (actual.TryGetProperty(member.Name, out JsonElement value))
            {
                Compare(member.Value, value, memberPath, differences);
            }
            else
            {
                differences.Add($"{memberPath} should be {member.Value.GetRawText()}, but the record has no such member.");
            }
        }
    }
}
