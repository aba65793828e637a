using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text.Json;

using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>Reads the counts of a usage object in one pass. A count may have several names, because servers name it differently.</summary>
/// <typeparam name="TCount">An enum with underlying type <see cref="int"/> that numbers the counts from zero up.</typeparam>
/// <remarks>
/// <para>Make one for each form of usage object, in a static field. It is immutable and thread-safe.</para>
/// <para>
/// The paths become a <see cref="JsonShape"/>, a tree of the members to read. Every path has two numbers: its slot is the number that the
/// tree gives it, and its rank is its index in the list of names. When several paths of one count have values, the lowest rank wins.
/// </para>
/// </remarks>
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
    // In bytes: 32 characters of 6 bytes (\uXXXX). A longer escaped name cannot be one of ours: the longest of those has 28 characters.
    private const int MaxEscapedNameLength = 192;

    // The rank of a count that has not been read. Every other rank is lower, because JsonPathTree allows at most 64 paths.
    private const byte NoRank = byte.MaxValue;

    // The usage object becomes a member of the record's JSON, so it may have one level less than the 64 that JSON readers accept by default.
    private static readonly JsonReaderOptions ReaderOptions = new() { MaxDepth = 63 };

    private readonly JsonShape _shape;

    // By slot: the count that the path names, and the path's rank.
    private readonly (TCount Count, byte Rank)[] _countsBySlot;

    /// <summary>Makes a reader.</summary>
    /// <param name="names">
    /// The paths of the counts: member names with dots between them. Several paths of one count are names for the same number, so they
    /// are not added up: the first path in this list that has a count above zero is used, or zero when none has.
    /// </param>
    /// <exception cref="ArgumentException">A path is empty, occurs twice or is inside another one.</exception>
    /// <exception cref="InvalidOperationException">There are more than 64 paths.</exception>
    public CountReader(params ReadOnlySpan<(string Path, TCount Count)> names)
    {
        var tree = new JsonPathTree();
        for (int i = 0; i < names.Length; i++)
        {
            tree.Add(names[i].Path, i);
        }

        // ToShape gives each path the set of its slots, with one bit for a slot.
        ulong[] slotSets = new ulong[names.Length];
        _shape = tree.ToShape(slotSets);
        _countsBySlot = new (TCount, byte)[names.Length];
        for (int i = 0; i < names.Length; i++)
        {
            // Here each path has one slot of its own, so the number of the slot is that of the only bit.
            int slot = BitOperations.TrailingZeroCount(slotSets[i]);
            _countsBySlot[slot] = (names[i].Count, (byte)i);
        }
    }

    /// <summary>Reads the counts.</summary>
    /// <param name="json">The JSON text of one value; empty when the document has none.</param>
    /// <returns>
    /// The counts. A member that is null is treated as missing. A member that is not a count is left out and noted as an anomaly. No
    /// counts for a value that is not an object, or for a damaged object.
    /// </returns>
    public UsageCounts<TCount> Read(ReadOnlySpan<byte> json)
    {
        UsageCounts<TCount> counts = default;
        if (json is not [(byte)'{', ..])
        {
            return counts;
        }

        try
        {
            Span<byte> ranks = stackalloc byte[UsageCounts<TCount>.MaxCounts];
            ranks.Fill(NoRank);
            int length = ReadPlainObject(json, 0, _shape, ref counts, ranks);
            if (length != json.Length)
            {
                counts = default;
                ranks.Fill(NoRank);
                var reader = new Utf8JsonReader(json, ReaderOptions);
                reader.Read();
                ReadObject(ref reader, _shape, ref counts, ranks);
            }

            counts.IsObject = true;
            return counts;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The object is damaged: it is not JSON, or (InvalidOperationException) an escaped name is not valid text. Counts after the
            // damage are unknown, so none of the counts is used.
            return new UsageCounts<TCount> { Anomalies = UsageAnomalies.UndecodableEvent };
        }
    }

    /// <summary>
    /// Reads an object in the form that nearly all servers send: plain names, whole numbers, null, wanted objects, and at most one space
    /// between two tokens. It takes a third of the time of <see cref="ReadObject"/>, which reads every form.
    /// </summary>
    /// <param name="json">The JSON text.</param>
    /// <param name="start">The index of the object's opening brace.</param>
    /// <param name="shape">The members of this object that are looked for.</param>
    /// <param name="counts">Receives the counts. They are undefined when the object has another form.</param>
    /// <param name="ranks">By count: the rank of the path that it was read from, or <see cref="NoRank"/>.</param>
    /// <returns>The index after the object's closing brace; -1 when the object has another form, or is damaged.</returns>
    private int ReadPlainObject(
        ReadOnlySpan<byte> json, int start, JsonShape shape, ref UsageCounts<TCount> counts, scoped Span<byte> ranks)
    {
        int position = start;
        do
        {
            position = PlainJson.SkipSpace(json, position + 1); // After the opening brace or a comma.
            if (position >= json.Length || json[position] != '"')
            {
                return -1;
            }

            ReadOnlySpan<byte> rest = json[(position + 1)..];
            int nameLength = rest.IndexOf((byte)'"');
            if (nameLength < 0 || nameLength + 1 >= rest.Length || rest[nameLength + 1] != ':')
            {
                return -1;
            }

            ReadOnlySpan<byte> name = rest[..nameLength];
            JsonShape? member = shape.FindMember(name);
            if (member is null && !PlainJson.IsPlainName(name))
            {
                return -1;
            }

            position = PlainJson.SkipSpace(json, position + nameLength + 3); // The name, its two quotes and the colon.
            ReadOnlySpan<byte> value = json[Math.Min(position, json.Length)..];
            if (value is [(byte)'{', ..] && member is { HasWantedMembers: true })
            {
                position = ReadPlainObject(json, position, member, ref counts, ranks);
                if (position < 0)
                {
                    return -1;
                }
            }
            else if (value is [(byte)'n', (byte)'u', (byte)'l', (byte)'l', ..])
            {
                position += 4;
            }
            else if (PlainJson.TryReadWholeNumber(value, out long number, out int digits))
            {
                position += digits;
                if (member is { KeepsText: true })
                {
                    Record(member, number, ref counts, ranks);
                }
            }
            else
            {
                return -1;
            }

            position = PlainJson.SkipSpace(json, position);
        }
        while (position < json.Length && json[position] == ',');

        return position < json.Length && json[position] == '}' ? position + 1 : -1;
    }

    /// <summary>Reads an object and the objects inside it.</summary>
    /// <param name="reader">Positioned at the opening brace; afterwards at the closing brace.</param>
    /// <param name="shape">The members of this object that are looked for.</param>
    /// <param name="counts">Receives the counts.</param>
    /// <param name="ranks">By count: the rank of the path that it was read from, or <see cref="NoRank"/>.</param>
    private void ReadObject(ref Utf8JsonReader reader, JsonShape shape, ref UsageCounts<TCount> counts, scoped Span<byte> ranks)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            JsonShape? member = FindMember(ref reader, shape);
            reader.Read();
            if (member is { HasWantedMembers: true } && reader.TokenType == JsonTokenType.StartObject)
            {
                ReadObject(ref reader, member, ref counts, ranks);
            }
            else if (member is not { KeepsText: true } || reader.TokenType == JsonTokenType.Null)
            {
                reader.Skip();
            }
            else if (JsonValue.TryGetCount(ref reader, out long value))
            {
                Record(member, value, ref counts, ranks);
            }
            else
            {
                counts.Anomalies |= UsageAnomalies.InvalidCount;
                reader.Skip();
            }
        }
    }

    /// <summary>Records a count, unless a better path has given it already.</summary>
    private void Record(JsonShape member, long value, ref UsageCounts<TCount> counts, scoped Span<byte> ranks)
    {
        (TCount count, byte rank) = _countsBySlot[member.Slot];
        ref byte bestRank = ref ranks[Unsafe.BitCast<TCount, int>(count)];
        if (IsBetter(value, rank, counts[count], bestRank))
        {
            counts[count] = value;
            bestRank = rank;
        }
    }

    // Some servers fill in zero for the names that they do not use, so a count above zero replaces a zero, whatever their ranks. The ranks
    // are equal when the object has the same member twice: the last one wins, as in most JSON parsers.
    private static bool IsBetter(long value, byte rank, long? known, byte bestRank) => known switch
    {
        0 when value > 0 => true,
        > 0 when value == 0 => false,
        _ => rank <= bestRank,
    };

    /// <summary>Finds the shape of the member whose name the reader is at; null when the member is not looked for.</summary>
    private static JsonShape? FindMember(ref Utf8JsonReader reader, JsonShape shape)
    {
        if (!reader.ValueIsEscaped)
        {
            return shape.FindMember(reader.ValueSpan);
        }

        Span<byte> name = stackalloc byte[MaxEscapedNameLength];
        return reader.ValueSpan.Length > MaxEscapedNameLength ? null : shape.FindMember(name[..reader.CopyString(name)]);
    }
}
