using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace UsageCapture.Delivery;

/// <summary>The raw usage in a record: a JSON value without white space between its tokens. Names, numbers and escapes are as they were written.</summary>
/// <remarks>
/// It is kept in UTF-8, the encoding of the response. That takes half the memory of a string, and most applications never read the text.
/// Immutable, with value equality.
/// </remarks>
internal sealed class CompactJson : IEquatable<CompactJson>
{
    /// <summary>The most levels of objects and arrays. A record adds one level around the text, and JSON readers accept 64 levels by default.</summary>
    public const int MaxDepth = 63;

    private static readonly SearchValues<byte> WhiteSpace = SearchValues.Create(" \t\r\n"u8);

    private readonly byte[] _utf8;
    private string? _text; // Set by the first call of ToString.

    private CompactJson(byte[] utf8) => _utf8 = utf8;

    /// <summary>Gets whether this is the JSON value <c>null</c>.</summary>
    public bool IsNull => _utf8.AsSpan().SequenceEqual("null"u8);

    /// <summary>Checks a text and removes its white space.</summary>
    /// <param name="text">The text.</param>
    /// <returns>Null when the text is not exactly one JSON value, has more than <see cref="MaxDepth"/> levels, or is not valid UTF-16.</returns>
    public static CompactJson? TryCreate(string text)
    {
        byte[] utf8 = new byte[Encoding.UTF8.GetMaxByteCount(text.Length)];
        return Utf8.FromUtf16(text, utf8, out _, out int length, replaceInvalidSequences: false) == OperationStatus.Done
            ? TryCreate(utf8.AsSpan(0, length))
            : null;
    }

    /// <summary>Checks a UTF-8 text and removes its white space. Bytes inside a string that are not UTF-8 are replaced by U+FFFD.</summary>
    /// <returns>Null when the text is not exactly one JSON value, or has more than <see cref="MaxDepth"/> levels.</returns>
    public static CompactJson? TryCreate(ReadOnlySpan<byte> utf8) => IsJson(utf8) ? CreateUnchecked(utf8) : null;

    /// <summary>Removes the white space of a text without a check: the caller knows that it is one JSON value with at most <see cref="MaxDepth"/> levels.</summary>
    /// <param name="utf8">The text. Bytes inside a string that are not UTF-8 are replaced by U+FFFD.</param>
    public static CompactJson CreateUnchecked(ReadOnlySpan<byte> utf8)
    {
        byte[] bytes = Utf8.IsValid(utf8) ? utf8.ToArray() : Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(utf8));
        return new CompactJson(bytes.AsSpan().ContainsAny(WhiteSpace) ? bytes[..RemoveWhiteSpace(bytes)] : bytes);
    }

    /// <summary>Returns the text.</summary>
    public override string ToString() => _text ??= Encoding.UTF8.GetString(_utf8);

    public bool Equals(CompactJson? other) => other is not null && _utf8.AsSpan().SequenceEqual(other._utf8);

    public override bool Equals(object? obj) => Equals(obj as CompactJson);

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.AddBytes(_utf8);
        return hash.ToHashCode();
    }

    private static bool IsJson(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = MaxDepth });
        try
        {
            while (reader.Read())
            {
                // Reading to the end checks the whole text.
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Removes the white space between the tokens of valid JSON, in place.</summary>
    /// <returns>The new length. The bytes after it are left over.</returns>
    private static int RemoveWhiteSpace(Span<byte> json)
    {
        int length = 0;
        bool isInString = false;
        for (int i = 0; i < json.Length; i++)
        {
            byte current = json[i];
            if (!isInString && WhiteSpace.Contains(current))
            {
                continue;
            }

            json[length++] = current;
            if (current == '"')
            {
                isInString = !isInString;
            }
            else if (current == '\\')
            {
                // The escaped character may be a quote, which does not end the string.
                json[length++] = json[++i];
            }
        }

        return length;
    }
}
