using System.Text.Json;
using System.Text.Json.Serialization;

namespace UsageCapture.Testing.Files;

/// <summary>Writes a fault kind as a lower-case word, such as <c>reset</c>. Other spellings are rejected.</summary>
internal sealed class FaultKindConverter : JsonConverter<FaultKind>
{
    private static readonly Dictionary<string, FaultKind> KindsByWord =
        Enum.GetValues<FaultKind>().ToDictionary(kind => kind.ToString().ToLowerInvariant(), StringComparer.Ordinal);

    public override FaultKind Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        string? word = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
        return word is not null && KindsByWord.TryGetValue(word, out FaultKind kind)
            ? kind
            : throw new JsonException($"'{word}' is not a kind of fault. Write {string.Join(" or ", KindsByWord.Keys)}.");
    }

    public override void Write(Utf8JsonWriter writer, FaultKind value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString().ToLowerInvariant());
}
