using System.Text.Json;
using System.Text.Json.Serialization;

namespace UsageCapture.Delivery;

/// <summary>Writes a duration as a number of seconds, the unit of OpenTelemetry's durations, and reads it back.</summary>
/// <remarks>Seconds are decimals with up to seven places. So reading gives the same number of ticks; a double could lose some.</remarks>
internal sealed class SecondsConverter : JsonConverter<TimeSpan>
{
    public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        decimal seconds = reader.GetDecimal();
        if (seconds < ToSeconds(TimeSpan.MinValue) || seconds > ToSeconds(TimeSpan.MaxValue))
        {
            throw new JsonException($"A duration of {seconds} seconds is out of range.");
        }

        return TimeSpan.FromTicks((long)decimal.Round(seconds * TimeSpan.TicksPerSecond));
    }

    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) => writer.WriteNumberValue(ToSeconds(value));

    private static decimal ToSeconds(TimeSpan duration) => (decimal)duration.Ticks / TimeSpan.TicksPerSecond;
}
