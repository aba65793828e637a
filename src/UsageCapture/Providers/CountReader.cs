using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text.Json;

using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>Reads the counts of a usage object in one pass, each of them under any of its names.</summary>
/// <typeparam name="TCount">An enum of <see cref="int"/> that numbers the counts from zero up.</typeparam>
/// <remarks>Make one for each form of usage object, in a static field. It is immutable and thread-safe.</remarks>
/// <example>
/// <code>
/// private static readonly CountReader&lt;Count&gt; Reader = new(("input_tokens", Count.Input), ("details.cached", Count.Cached));
/// …
/// UsageCounts&lt;Count&gt; counts = Reader.Read(json);
/// long? input = counts[Count.Input];
/// </code>
/// </example>
internal sealed class CountReader<TCount>
    where TCount : struct, Enum
{
    // The longest name that is looked for, each character written \uXXXX, has room.
    private const int MaxEscapedName = 192;

    // The rank of a count that has not been read. Ranks are below 64, as there are no more slots than that.
    private const byte NoRank = byte.MaxValue;

    // The object becomes part of a record, one level further down. JSON readers accept 64 levels by default.
    private static readonly JsonReaderOptions WithinRecord = new() { MaxDepth = 63 };

    private readonly JsonShape _shape;

    // By slot: the count that the slot's value is, and the rank of its name. The lowest rank wins.
    private readonly (TCount Count, byte Rank)[] _names;

    /// <summary>Makes a reader.</summary>
    /// <param name="names">
    /// The path of each count: member names with dots between them. Several paths of one count are names for the same number, so they
    /// are not added up: the first in this list that has a count is used.
    /// </param>
    /// <exception cref="ArgumentException">A path is empty, stands twice or inside another one, or there are more than 64.</exception>
    public CountReader(params ReadOnlySpan<(string Path, TCount Count)> names)
    {
        var tree = new JsonPathTree();
        for (int i = 0; i < names.Length; i++)
        {
            tree.Add(names[i].Path, i);
        }

        ulong[] slots = new ulong[names.Length];
        _shape = tree.ToShape(slots);
        _names = new (TCount, byte)[names.Length];
        for (int i = 0; i < names.Length; i++)
        {
            _names[BitOperations.TrailingZeroCount(slots[i])] = (names[i].Count, (byte)i);
        }
    }

    /// <summary>Reads the counts.</summary>
    /// <param name="json">The JSON text of one value; empty when the document has none.</param>
    /// <returns>The counts. A member that is null is not reported. A member that is no count is left out and noted as an anomaly.</returns>
    public UsageCounts<TCount> Read(ReadOnlySpan<byte> json)
    {
        UsageCounts<TCount> counts = default;
        if (json is not [(byte)'{', ..])
        {
            return counts;
        }

        try
        {
            var reader = new Utf8JsonReader(json, WithinRecord);
            reader.Read();
            Span<byte> ranks = stackalloc byte[UsageCounts<TCount>.MaxCounts];
            ranks.Fill(NoRank);
            ReadObject(ref reader, _shape, ref counts, ranks);
            counts.IsObject = true;
            return counts;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // Some of the counts may be missing, so none is used.
            return new UsageCounts<TCount> { Anomalies = UsageAnomalies.UndecodableEvent };
        }
    }

    /// <summary>Reads an object and the objects inside it.</summary>
    /// <param name="reader">At the beginning of the object; afterwards at its end.</param>
    /// <param name="shape">The members that are looked for.</param>
    /// <param name="counts">The counts read so far.</param>
    /// <param name="ranks">By count: the rank of the name that it was read from.</param>
    private void ReadObject(ref Utf8JsonReader reader, JsonShape shape, ref UsageCounts<TCount> counts, scoped Span<byte> ranks)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            JsonShape? member = FindMember(ref reader, shape);
            reader.Read();
            if (member is { IsObject: true } && reader.TokenType == JsonTokenType.StartObject)
            {
                ReadObject(ref reader, member, ref counts, ranks);
            }
            else if (member is not { IsCaptured: true } || reader.TokenType == JsonTokenType.Null)
            {
                reader.Skip();
            }
            else if (JsonValue.TryGetCount(ref reader, out long value))
            {
                (TCount count, byte rank) = _names[member.Slot];
                ref byte bestRank = ref ranks[Unsafe.BitCast<TCount, int>(count)];
                if (rank <= bestRank)
                {
                    counts[count] = value;
                    bestRank = rank;
                }
            }
            else
            {
                counts.Anomalies |= UsageAnomalies.InvalidCount;
                reader.Skip();
            }
        }
    }

    private static JsonShape? FindMember(ref Utf8JsonReader reader, JsonShape shape)
    {
        if (!reader.ValueIsEscaped)
        {
            return shape.Member(reader.ValueSpan);
        }

        Span<byte> name = stackalloc byte[MaxEscapedName];
        return reader.ValueSpan.Length > MaxEscapedName ? null : shape.Member(name[..reader.CopyString(name)]);
    }
}
