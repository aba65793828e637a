using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace UsageCapture.Delivery;

/// <summary>Checks JSON text and removes the white space between its tokens. Names, numbers and escapes stay as they are written.</summary>
internal static class CompactJson
{
    /// <summary>The most levels of objects and arrays. A record adds one level around the text, and JSON readers accept 64 levels by default.</summary>
    public const int MaxDepth = 63;

    // Room on the stack for most usage objects, which have 100 to 300 characters.
    private const int StackLength = 1024;

    // A UTF-16 code unit takes at most three bytes in UTF-8.
    private const int MaxBytesPerCharacter = 3;

    private static readonly SearchValues<byte> WhiteSpace = SearchValues.Create(" \t\r\n"u8);

    /// <summary>Checks a text and removes its white space.</summary>
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
            return compact?.Length == text.Length ? text : compact; // The same length means that nothing was removed.
        }
        finally
        {
            if (rented is not null)
            {
                ArrayPool<byte>.Shared.Return(rented);
            }
        }
    }

    /// <summary>Checks a UTF-8 text and removes its white space.</summary>
    /// <returns>Null when the text is empty, is not exactly one JSON value, or has more than <see cref="MaxDepth"/> levels.</returns>
    public static string? TryCreate(ReadOnlySpan<byte> utf8) => utf8.IsEmpty || !IsJson(utf8) ? null : Create(utf8);

    /// <summary>Removes the white space of a UTF-8 text that is known to be one JSON value with at most <see cref="MaxDepth"/> levels.</summary>
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
