using System.Text.Json;

namespace UsageCapture.Decoding;

/// <summary>Reads the counts of a usage object in one pass, each by its path. Immutable: one for all responses of an API.</summary>
/// <param name="paths">The paths, as those of <see cref="UsageFields"/>, in the order in which the counts are wanted.</param>
internal sealed class JsonCounts(params string[] paths)
{
    private const int MaxName = 128;

    private readonly JsonShape _shape = new UsageFields(paths).Shape;

    /// <summary>Reads the counts. Null leaves what is known; what is no count is left out and flagged.</summary>
    /// <param name="json">A JSON value.</param>
    /// <param name="counts">Room for one count a path; what the object does not have stays as it is.</param>
    /// <param name="anomalies">What was odd.</param>
    /// <returns>False when the value is no object, or cannot be read.</returns>
    public bool TryRead(ReadOnlySpan<byte> json, Span<long?> counts, out UsageAnomalies anomalies)
    {
        anomalies = UsageAnomalies.None;
        if (json is not [(byte)'{', ..])
        {
            return false;
        }

        try
        {
            var reader = new Utf8JsonReader(json);
            reader.Read();
            ReadObject(ref reader, _shape, counts, ref anomalies);
            return true;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            anomalies = UsageAnomalies.UndecodableEvent;
            return false;
        }
    }

    /// <summary>Adds up counts that exclude one another, as far as they are known; null when none is.</summary>
    public static long? Sum(params ReadOnlySpan<long?> counts)
    {
        long? sum = null;
        foreach (long? count in counts)
        {
            sum = count is null ? sum : count + (sum ?? 0);
        }

        return sum;
    }

    private static void ReadObject(ref Utf8JsonReader reader, JsonShape shape, Span<long?> counts, ref UsageAnomalies anomalies)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            JsonShape? member = Member(ref reader, shape);
            reader.Read();
            if (member is { IsObject: true } && reader.TokenType == JsonTokenType.StartObject)
            {
                ReadObject(ref reader, member, counts, ref anomalies);
            }
            else if (member is not { IsCaptured: true } || reader.TokenType == JsonTokenType.Null)
            {
                reader.Skip();
            }
            else if (JsonValue.TryGetCount(ref reader, out long count))
            {
                counts[member.Slot] = count;
            }
            else
            {
                anomalies |= UsageAnomalies.InvalidCount;
                reader.Skip();
            }
        }
    }

    private static JsonShape? Member(ref Utf8JsonReader reader, JsonShape shape)
    {
        if (!reader.ValueIsEscaped)
        {
            return shape.Member(reader.ValueSpan);
        }

        Span<byte> name = stackalloc byte[MaxName];
        return reader.ValueSpan.Length > MaxName ? null : shape.Member(name[..reader.CopyString(name)]);
    }
}
