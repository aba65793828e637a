using System.Text.Json;
using System.Text.Json.Serialization;

namespace UsageCapture.Delivery;

/// <summary>Writes anomalies as a list of words in snake_case, empty when nothing was odd.</summary>
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
            string? word = reader.GetString();
            (UsageAnomalies flag, string? known) = Words.FirstOrDefault(pair => pair.Word == word);
            anomalies |= known is null ? throw new JsonException($"'{word}' is not a known anomaly.") : flag;
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
}
