using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace UsageCapture.Testing.Files;

/// <summary>Finds JSON members that the type to deserialize does not have, at every depth.</summary>
/// <remarks>The serializer rejects them too, but its message names neither the path nor the known members.</remarks>
internal static class UnknownMemberCheck
{
    /// <summary>Throws at the first unknown member.</summary>
    /// <param name="value">The JSON value.</param>
    /// <param name="type">The JSON members of the type that the value is deserialized to.</param>
    /// <param name="path">The path of the value, followed by a dot; empty for the whole file.</param>
    /// <exception cref="JsonException">There is an unknown member. The message names its path and the known members.</exception>
    public static void ThrowIfAny(JsonElement value, JsonTypeInfo type, string path = "")
    {
        if (type.Kind == JsonTypeInfoKind.Object && value.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty member in value.EnumerateObject())
            {
                JsonPropertyInfo known = type.Properties.FirstOrDefault(property => property.Name == member.Name)
                    ?? throw new JsonException($"It has the unknown member {path}{member.Name}. Known members are {ListMembers(type)}.");
                ThrowIfAny(member.Value, GetTypeInfo(known.PropertyType), $"{path}{member.Name}.");
            }
        }
        else if (type.Kind == JsonTypeInfoKind.Enumerable && value.ValueKind == JsonValueKind.Array)
        {
            foreach ((int index, JsonElement item) in value.EnumerateArray().Index())
            {
                ThrowIfAny(item, GetTypeInfo(type.ElementType!), $"{path.TrimEnd('.')}[{index}].");
            }
        }
    }

    private static string ListMembers(JsonTypeInfo type) => string.Join(", ", type.Properties.Select(property => property.Name));

    private static JsonTypeInfo GetTypeInfo(Type type) =>
        RecordingMetadataJson.Default.GetTypeInfo(type) ?? throw new InvalidOperationException($"{type.Name} is not part of a recording file.");
}
