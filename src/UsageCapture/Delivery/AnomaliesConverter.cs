using System.Text.Json;
using System.Text.Json.Serialization;

namespace UsageCapture.Delivery;

/// <summary>Converts anomalies to a JSON list of words in snake_case, such as <c>["no_terminator"]</c>, and back. No anomalies are an empty list.</summary>
/// <remarks>Unknown words are ignored when reading, because a newer version may have written them.</remarks>
internal sealed class AnomaliesConverter : JsonConverter<UsageAnomalies>
{
    private static readonly (UsageAnomalies Flag, string Word)[] Words =
        [.. Enum.GetValues<UsageAnomalies>()
            .Where(flag => flag != UsageAnomalies.None)
            .Select(flag => (flag, JsonNamingPolicy.SnakeCaseLower.ConvertName(flag.ToString())))];

    public override UsageAnomalies Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new JsonException("Anomalies must be a list of words.");
        }

        var anomalies = UsageAnomalies.None;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.String)
            {
                throw new JsonException("Anomalies must be a list of words.");
            }

            anomalies |= ReadFlag(ref reader);
        }

        return anomalies;
    }

    public override void Write(Utf8JsonWriter writer, UsageAnomalies value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        foreach ((UsageAnomalies flag, string word) in Words)
        {
            if (value.HasFlag(flag))
            {
                writer.WriteStringValue(word);
            }
        }

        writer.WriteEndArray();
    }

    private static UsageAnomalies ReadFlag(ref Utf8JsonReader reader)
    {
        foreach ((UsageAnomalies flag, string word) in Words)
        {
            if (reader.ValueTextEquals(word))
            {
                return flag;
            }
        }

        return UsageAnomalies.None;
    }
}
