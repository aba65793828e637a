using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace UsageCapture.Testing.Files;

/// <summary>Refuses a member that a sidecar does not have: passed over, a misspelled one would say nothing.</summary>
internal static class UnknownMember
{
    /// <summary>Throws at the first one.</summary>
    /// <param name="value">What stands in the file.</param>
    /// <param name="type">What may stand there.</param>
    /// <param name="path">Where it stands, with a dot behind it; empty for the whole file.</param>
    /// <exception cref="JsonException">There is one; the message says where, and which there are.</exception>
    public static void Refuse(JsonElement value, JsonTypeInfo type, string path = "")
    {
        if (type.Kind == JsonTypeInfoKind.Object && value.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty member in value.EnumerateObject())
            {
                JsonPropertyInfo known = type.Properties.FirstOrDefault(property => property.Name == member.Name)
                    ?? throw new JsonException(
                        $"It has the member {path}{member.Name}, which is not known. Write one of {string.Join(", ", type.Properties.Select(property => property.Name))}.");
                Refuse(member.Value, TypeOf(known.PropertyType), $"{path}{member.Name}.");
            }
        }
        else if (type.Kind == JsonTypeInfoKind.Enumerable && value.ValueKind == JsonValueKind.Array)
        {
            foreach ((int index, JsonElement item) in value.EnumerateArray().Index())
            {
                Refuse(item, TypeOf(type.ElementType!), $"{path.TrimEnd('.')}[{index}].");
            }
        }
    }

    private static JsonTypeInfo TypeOf(Type type) =>
        RecordingFileJson.Default.GetTypeInfo(type) ?? throw new InvalidOperationException($"{type.Name} is not part of a sidecar.");
}
