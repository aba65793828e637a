using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace UsageCapture.Decoding;

/// <summary>Reads single JSON values. A value of another kind than expected, or a damaged one, reads as missing and never throws.</summary>
internal static class JsonValue
{
    // 2⁵³, because integers up to this number are exact in every JSON implementation, also one that stores a number as a double. Sums of
    // several such counts fit into a long.
    private const long LargestCount = 1L << 53;

    // Far above the price of any response, and small enough that sums fit into a decimal.
    private const decimal MaxAmount = 1_000_000_000_000;

    // The names of members of usage objects are shorter. A longer name is encoded in an array on the heap.
    private const int MaxStackNameLength = 256;

    // The characters of a JSON string that need no decoding: printable ASCII without the quote and the backslash.
    private static readonly SearchValues<byte> PlainCharacters =
        SearchValues.Create([.. Enumerable.Range(' ', '~' - ' ' + 1).Select(code => (byte)code).Where(code => code is not ((byte)'"' or (byte)'\\'))]);

    /// <summary>Reads a count: a whole number from zero to 2⁵³. Some gateways write it as <c>12.0</c> or as a string.</summary>
    /// <param name="reader">At the value.</param>
    /// <param name="count">The count; undefined when there is none.</param>
    /// <returns>False when the value is not a count.</returns>
    public static bool TryGetCount(ref Utf8JsonReader reader, out long count)
    {
        count = 0;
        switch (reader.TokenType)
        {
            case JsonTokenType.Number:
                return (reader.TryGetInt64(out count)
                    || (reader.TryGetDecimal(out decimal fraction) && TryGetWhole(fraction, out count)))
                    && count is >= 0 and <= LargestCount;
            case JsonTokenType.String:
                ReadOnlySpan<byte> text = reader.ValueSpan;
                return !text.IsEmpty && Utf8Parser.TryParse(text, out count, out int consumed) && consumed == text.Length
                    && count is >= 0 and <= LargestCount;
            default:
                return false;
        }
    }

    /// <summary>Reads a count: a whole number from zero to 2⁵³. Some gateways write it as <c>12.0</c> or as a string.</summary>
    /// <param name="json">The JSON text of one value; empty when there is none.</param>
    /// <returns>Null when the value is not a count.</returns>
    public static long? GetCount(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            return !json.IsEmpty && reader.Read() && TryGetCount(ref reader, out long count) ? count : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Reads an amount of money: a number from zero to 10¹².</summary>
    /// <param name="json">The JSON text of one value; empty when there is none.</param>
    /// <returns>Null when the value is not an amount.</returns>
    public static decimal? GetAmount(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            return !json.IsEmpty && reader.Read() && reader.TokenType == JsonTokenType.Number
                && reader.TryGetDecimal(out decimal amount) && amount is >= 0 and <= MaxAmount ? amount : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Returns whether a value is the literal <c>true</c>.</summary>
    /// <param name="json">The JSON text of one value; empty when there is none.</param>
    public static bool IsTrue(ReadOnlySpan<byte> json) => json is [(byte)'t', ..]; // No other JSON value begins with this letter.

    /// <summary>Reads a short text: the characters of a string, or a number as it was written.</summary>
    /// <param name="json">The JSON text of one value; empty when there is none.</param>
    /// <param name="maxLength">The most characters to return. The rest is cut off.</param>
    /// <returns>Null when the value is empty, or neither a string nor a number.</returns>
    public static string? GetText(ReadOnlySpan<byte> json, int maxLength)
    {
        bool isNull = json is [(byte)'n', ..]; // The usual case after an empty value. No other JSON value begins with n.
        if (json.IsEmpty || isNull)
        {
            return null;
        }

        if (json is [(byte)'"', .. var plain, (byte)'"'] && !plain.IsEmpty && !plain.ContainsAnyExcept(PlainCharacters))
        {
            return Encoding.ASCII.GetString(plain[..Math.Min(plain.Length, maxLength)]);
        }

        try
        {
            var reader = new Utf8JsonReader(json);
            string? text = !reader.Read() ? null : reader.TokenType switch
            {
                JsonTokenType.String => reader.GetString(),
                JsonTokenType.Number => Encoding.UTF8.GetString(reader.ValueSpan),
                _ => null,
            };
            return string.IsNullOrEmpty(text) ? null : text.Length > maxLength ? Cut(text, maxLength) : text;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Finds a member of an object.</summary>
    /// <param name="json">The JSON text of one value; empty when there is none.</param>
    /// <param name="name">The member's name.</param>
    /// <returns>
    /// The JSON text of the member's value; empty when there is no such member. When the name comes more than once, the last counts.
    /// </returns>
    public static ReadOnlySpan<byte> FindMember(ReadOnlySpan<byte> json, ReadOnlySpan<char> name)
    {
        int maxLength = Encoding.UTF8.GetMaxByteCount(name.Length);
        Span<byte> bytes = maxLength <= MaxStackNameLength ? stackalloc byte[MaxStackNameLength] : new byte[maxLength];
        return FindMember(json, bytes[..Encoding.UTF8.GetBytes(name, bytes)]);
    }

    /// <summary>Finds a member of an object.</summary>
    /// <param name="json">The JSON text of one value; empty when there is none.</param>
    /// <param name="name">The member's name in UTF-8.</param>
    /// <returns>
    /// The JSON text of the member's value; empty when there is no such member. When the name comes more than once, the last counts.
    /// </returns>
    public static ReadOnlySpan<byte> FindMember(ReadOnlySpan<byte> json, scoped ReadOnlySpan<byte> name)
    {
        ReadOnlySpan<byte> value = default;
        foreach (JsonMember member in new JsonMembers(json))
        {
            value = member.NameEquals(name) ? member.Value : value;
        }

        return value;
    }

    /// <summary>Gets whether a value is a number or a string that is not empty. Only its first bytes are read.</summary>
    /// <param name="json">The JSON text of one value; empty when there is none.</param>
    public static bool HasText(ReadOnlySpan<byte> json) =>
        json is [(byte)'"', not (byte)'"', ..] or [(byte)'-' or (>= (byte)'0' and <= (byte)'9'), ..];

    /// <summary>Reads the index of a choice or an output. Servers that return only one may leave it out, so zero is the default.</summary>
    /// <param name="json">The JSON text of one value; empty when there is none.</param>
    /// <param name="limit">One more than the largest index.</param>
    /// <returns>Zero when the value is not an index, or is not below the limit.</returns>
    public static int GetIndex(ReadOnlySpan<byte> json, int limit) =>
        Utf8Parser.TryParse(json, out int index, out int consumed) && consumed == json.Length && index >= 0 && index < limit ? index : 0;

    /// <summary>Compares a JSON string with a text, without allocating a string.</summary>
    /// <param name="json">The JSON text of one value; empty when there is none.</param>
    /// <param name="text">The text.</param>
    /// <returns>False when the value is another text, or no string.</returns>
    public static bool TextEquals(ReadOnlySpan<byte> json, ReadOnlySpan<char> text)
    {
        // Without escapes and quotes, a UTF-16 character takes one to three bytes. Most texts differ in their length, so this check comes first.
        int length = json.Length - 2;
        if ((length < text.Length || length > 3 * text.Length) && !json.Contains((byte)'\\'))
        {
            return false;
        }

        try
        {
            var reader = new Utf8JsonReader(json);
            return !json.IsEmpty && reader.Read() && reader.TokenType == JsonTokenType.String && reader.ValueTextEquals(text);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    // Half of a surrogate pair is not a text, and JSON cannot hold it.
    private static string Cut(string text, int maxLength) =>
        text[..(char.IsHighSurrogate(text[maxLength - 1]) ? maxLength - 1 : maxLength)];

    private static bool TryGetWhole(decimal number, out long whole)
    {
        bool isWhole = number is >= 0 and <= LargestCount && decimal.Truncate(number) == number;
        whole = isWhole ? (long)number : 0;
        return isWhole;
    }
}
