using System.Text.Json;
using System.Text.Json.Serialization;

namespace UsageCapture.Testing.Files;

/// <summary>Reads and writes a fault kind as a word, such as <c>reset</c>. Other words and spellings are rejected.</summary>
/// <remarks>The words belong to the file format and are listed in <c>recording.schema.json</c>. They do not change with the names in C#.</remarks>
internal sealed class FaultKindConverter : JsonConverter<FaultKind>
{
    private static readonly Dictionary<string, FaultKind> KindsByWord = new(StringComparer.Ordinal)
    {
        ["reset"] = FaultKind.ConnectionReset,
        ["closed"] = FaultKind.ConnectionClosed,
        ["truncated"] = FaultKind.Truncated,
        ["stalled"] = FaultKind.Stalled,
        ["unanswered"] = FaultKind.Unanswered,
        ["unreachable"] = FaultKind.Unreachable,
    };

    public override FaultKind Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String && KindsByWord.TryGetValue(reader.GetString()!, out FaultKind kind))
        {
            return kind;
        }

        using var value = JsonDocument.ParseValue(ref reader);
        throw new JsonException($"{value.RootElement.GetRawText()} is not a kind of fault. Write {string.Join(" or ", KindsByWord.Keys)}.");
    }

    public override void Write(Utf8JsonWriter writer, FaultKind value, JsonSerializerOptions options) =>
        writer.WriteStringValue(KindsByWord.First(wordAndKind => wordAndKind.Value == value).Key);
}
