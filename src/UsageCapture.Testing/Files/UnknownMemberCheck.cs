using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace UsageCapture.Testing.Files;

/// <summary>Rejects a recording file that has a JSON member unknown to <see cref="RecordingMetadata"/> or to one of its parts.</summary>
/// <remarks>
/// The serializer rejects them too, but its message names neither the path nor the known members. The names in a dictionary, such as
/// headers, are free and are not checked, and neither are values with a converter.
/// </remarks>
internal static class UnknownMemberCheck
{
    /// <summary>Throws at the first unknown member.</summary>
    /// <param name="value">The JSON value.</param>
    /// <param name="type">The target type of the deserialization, with its known JSON members.</param>
    /// <param name="path">The path of the value, such as <c>response.chunks[0]</c>; empty for the whole file.</param>
    /// <exception cref="JsonException">There is an unknown member. The message names its path and the known members.</exception>
    public static void ThrowIfAny(JsonElement value, JsonTypeInfo type, string path = "")
    {
        if (type.Kind == JsonTypeInfoKind.Object && value.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty member in value.EnumerateObject())
            {
                string memberPath = path.Length == 0 ? member.Name : $"{path}.{member.Name}";
                JsonPropertyInfo known = type.Properties.FirstOrDefault(property => property.Name == member.Name)
                    // "It" is the recording: the caller puts the name of the recording in front of this message.
                    ?? throw new JsonException($"It has the unknown member {memberPath}. Known members are {ListMembers(type)}.");
                ThrowIfAny(member.Value, GetTypeInfo(known.PropertyType), memberPath);
            }
        }
        else if (type.Kind == JsonTypeInfoKind.Enumerable && value.ValueKind == JsonValueKind.Array)
        {
            foreach ((int index, JsonElement item) in value.EnumerateArray().Index())
            {
                ThrowIfAny(item, GetTypeInfo(type.ElementType!), $"{path}[{index}]");
            }
        }
    }

    private static string ListMembers(JsonTypeInfo type) => string.Join(", ", type.Properties.Select(property => property.Name));

    private static JsonTypeInfo GetTypeInfo(Type type) =>
        RecordingMetadataJsonContext.Default.GetTypeInfo(type) ?? throw new InvalidOperationException($"{type.Name} is not part of a recording file.");
}
