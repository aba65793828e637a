using System.Text.Json;

namespace UsageCapture.Decoding;

/// <summary>Reads the counts of a usage object in one pass, each by its path. Immutable: one for all responses of an API.</summary>
internal sealed class JsonCounts
{
    private const int MaxName = 128;

    private readonly JsonShape _shape;

    // Which count each path stands for.
    private readonly int[] _counts;

    /// <summary>Takes the paths of counts that have one name each.</summary>
    /// <param name="paths">The paths, as those of <see cref="UsageFields"/>, in the order in which the counts are wanted.</param>
    public JsonCounts(params string[] paths)
        : this([.. paths.Select((path, index) => (path, index))])
    {
    }

    /// <summary>Takes the paths of counts that have several names, which repeat each other: the first that has a number is taken.</summary>
    /// <param name="names">The paths, each with the place of its count.</param>
    public JsonCounts((string Path, int Count)[] names)
    {
        _shape = new UsageFields([.. names.Select(name => name.Path)]).Shape;
        _counts = [.. names.Select(name => name.Count)];
    }

    /// <summary>Reads the counts. Null leaves what is known; what is no count is left out and flagged.</summary>
    /// <param name="json">A JSON value.</param>
    /// <param name="counts">Room for the counts; what the object does not have stays as it is.</param>
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
            Span<int> sources = stackalloc int[counts.Length];
            sources.Fill(int.MaxValue);
            ReadObject(ref reader, _shape, counts, sources, ref anomalies);
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

    /// <summary>Reads an object, and those in it.</summary>
    /// <param name="reader">At the object's beginning, and then at its end.</param>
    /// <param name="shape">What is wanted of it.</param>
    /// <param name="counts">The counts so far.</param>
    /// <param name="sources">The path that each of them was read from.</param>
    /// <param name="anomalies">What was odd.</param>
    private void ReadObject(ref Utf8JsonReader reader, JsonShape shape, Span<long?> counts, scoped Span<int> sources, ref UsageAnomalies anomalies)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            JsonShape? member = Member(ref reader, shape);
            reader.Read();
            if (member is { IsObject: true } && reader.TokenType == JsonTokenType.StartObject)
            {
                ReadObject(ref reader, member, counts, sources, ref anomalies);
            }
            else if (member is not { IsCaptured: true } || reader.TokenType == JsonTokenType.Null)
            {
                reader.Skip();
            }
            else if (JsonValue.TryGetCount(ref reader, out long count))
            {
                int place = _counts[member.Slot];
                if (member.Slot <= sources[place])
                {
                    counts[place] = count;
                    sources[place] = member.Slot;
                }
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
