using System.Text.Json;
using System.Text.Json.Serialization;

namespace UsageCapture.Delivery;

/// <summary>Writes a string that holds JSON as that JSON, not as a JSON string, and reads it back.</summary>
internal sealed class RawJsonConverter : JsonConverter<string>
{
    public override string Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        return document.RootElement.GetRawText();
    }

    // UsageRecord.RawUsage accepts only valid JSON, so the text needs no second check.
    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) =>
        writer.WriteRawValue(value, skipInputValidation: true);
}
