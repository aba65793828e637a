using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace UsageCapture.Delivery;

/// <summary>Checks JSON text and removes the white space between its tokens. Names, numbers and escapes stay as they are written.</summary>
internal static class CompactJson
{
    /// <summary>The most levels of objects and arrays. In a record the text is one level further down, and JSON readers accept 64 by default.</summary>
    public const int MaxDepth = 63;

    // Most usage objects have 100 to 300 characters. A character takes at most three bytes.
    private const int StackLength = 1024;
    private const int MaxBytesPerCharacter = 3;

    private static readonly SearchValues<byte> WhiteSpace = SearchValues.Create(" \t\r\n"u8);

    /// <summary>Makes compact JSON of a text.</summary>
    /// <param name="text">The text.</param>
    /// <returns>
    /// The same string when it is compact already. Null when the text is not exactly one JSON value, has more than
    /// <see cref="MaxDepth"/> levels, or is not valid UTF-16.
    /// </returns>
    public static string? TryCreate(string text)
    {
        int maxLength = text.Length * MaxBytesPerCharacter;
        byte[]? rented = maxLength > StackLength ? ArrayPool<byte>.Shared.Rent(maxLength) : null;
        Span<byte> utf8 = rented is null ? stackalloc byte[StackLength] : rented;
        try
        {
            OperationStatus status = Utf8.FromUtf16(text, utf8, out _, out int length, replaceInvalidSequences: false);
            if (status != OperationStatus.Done)
            {
                return null;
            }

            string? compact = TryCreate(utf8[..length]);
            return compact?.Length == text.Length ? text : compact;
        }
        finally
        {
            if (rented is not null)
            {
                ArrayPool<byte>.Shared.Return(rented);
            }
        }
    }

    /// <summary>Makes compact JSON of a UTF-8 text.</summary>
    /// <returns>Null when the text is not exactly one JSON value, or has more than <see cref="MaxDepth"/> levels. So an empty text gives null.</returns>
    public static string? TryCreate(ReadOnlySpan<byte> utf8)
    {
        return utf8.IsEmpty || !IsJson(utf8) ? null : Create(utf8);
    }

    /// <summary>Makes compact JSON of a UTF-8 text that is known to be one JSON value with at most <see cref="MaxDepth"/> levels.</summary>
    public static string Create(ReadOnlySpan<byte> utf8)
    {
        if (!utf8.ContainsAny(WhiteSpace))
        {
            return Encoding.UTF8.GetString(utf8);
        }

        byte[] compact = utf8.ToArray();
        return Encoding.UTF8.GetString(compact, 0, RemoveWhiteSpace(compact));
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

    /// <summary>Moves the tokens of valid JSON together, in place.</summary>
    /// <returns>The new length.</returns>
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
