using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;

namespace UsageCapture.Decoding;

/// <summary>Reads single JSON values with the tolerance that real servers ask for.</summary>
internal static class JsonValue
{
    // RFC 7493: what JSON's numbers carry everywhere. No response has so many tokens, and sums of such counts fit into a long.
    private const long MaxCount = 1L << 53;

    // What no response costs; sums of such amounts fit into a decimal.
    private const decimal MaxAmount = 1_000_000_000_000;

    // What a JSON string may hold that stands for itself: printable ASCII without the quote and the backslash.
    private static readonly SearchValues<byte> Plain =
        SearchValues.Create([.. Enumerable.Range(' ', '~' - ' ' + 1).Select(code => (byte)code).Where(code => code is not ((byte)'"' or (byte)'\\'))]);

    /// <summary>Reads a count: a whole number from zero to 2⁵³, also written as <c>12.0</c> or, by a few gateways, as text.</summary>
    public static bool TryGetCount(ref Utf8JsonReader reader, out long count)
    {
        count = 0;
        switch (reader.TokenType)
        {
            case JsonTokenType.Number:
                return (reader.TryGetInt64(out count)
                    || (reader.TryGetDecimal(out decimal fraction) && TryGetWhole(fraction, out count)))
                    && count is >= 0 and <= MaxCount;
            case JsonTokenType.String:
                ReadOnlySpan<byte> text = reader.ValueSpan;
                return !text.IsEmpty && Utf8Parser.TryParse(text, out count, out int consumed) && consumed == text.Length
                    && count is >= 0 and <= MaxCount;
            default:
                return false;
        }
    }

    /// <summary>Reads a count that stands alone; null when it is none.</summary>
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

    /// <summary>Reads an amount that stands alone: a number from zero up; null when it is none.</summary>
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

    /// <summary>Gets a short text: a string's characters, a number as it was written; null for anything else and for no text.</summary>
    /// <param name="json">One JSON value.</param>
    /// <param name="maxLength">The most characters to keep.</param>
    public static string? GetText(ReadOnlySpan<byte> json, int maxLength)
    {
        if (json.IsEmpty || json[0] == (byte)'n')
        {
            return null;
        }

        if (json is [(byte)'"', .. var plain, (byte)'"'] && !plain.IsEmpty && !plain.ContainsAnyExcept(Plain))
        {
            return System.Text.Encoding.ASCII.GetString(plain[..Math.Min(plain.Length, maxLength)]);
        }

        try
        {
            var reader = new Utf8JsonReader(json);
            string? text = !reader.Read() ? null : reader.TokenType switch
            {
                JsonTokenType.String => reader.GetString(),
                JsonTokenType.Number => System.Text.Encoding.UTF8.GetString(reader.ValueSpan),
                _ => null,
            };
            return string.IsNullOrEmpty(text) ? null : text.Length > maxLength ? text[..maxLength] : text;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Gets the JSON text of an object's member; empty when there is none of that name. Of several the last counts.</summary>
    public static ReadOnlySpan<byte> Member(ReadOnlySpan<byte> json, ReadOnlySpan<char> name)
    {
        ReadOnlySpan<byte> value = default;
        if (json is not [(byte)'{', ..])
        {
            return value;
        }

        try
        {
            var reader = new Utf8JsonReader(json);
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                bool isWanted = reader.ValueTextEquals(name);
                reader.Read();
                int start = (int)reader.TokenStartIndex;
                reader.Skip();
                value = isWanted ? json[start..(int)reader.BytesConsumed] : value;
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // What cannot be read says nothing.
        }

        return value;
    }

    /// <summary>Gets whether a JSON value is what <see cref="GetText"/> makes a text of.</summary>
    public static bool HasText(ReadOnlySpan<byte> json) =>
        json is [(byte)'"', not (byte)'"', ..] or [(byte)'-' or (>= (byte)'0' and <= (byte)'9'), ..];

    /// <summary>Reads an index; zero for what is none below the limit.</summary>
    public static int GetIndex(ReadOnlySpan<byte> json, int limit) =>
        Utf8Parser.TryParse(json, out int index, out int consumed) && consumed == json.Length && index >= 0 && index < limit ? index : 0;

    /// <summary>Compares a JSON string with a text, without making one of it.</summary>
    public static bool TextEquals(ReadOnlySpan<byte> json, ReadOnlySpan<char> text)
    {
        // Without escapes a character takes from one to three bytes: most texts differ in that already.
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

    private static bool TryGetWhole(decimal number, out long whole)
    {
        bool isWhole = number is >= 0 and <= MaxCount && decimal.Truncate(number) == number;
        whole = isWhole ? (long)number : 0;
        return isWhole;
    }
}
