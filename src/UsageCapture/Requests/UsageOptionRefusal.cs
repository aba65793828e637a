using System.Buffers;
using System.Text;

using UsageCapture.Decoding;

namespace UsageCapture.Requests;

/// <summary>Tells whether a response refuses a request because of the option that asks for usage, so that the handler sends it without.</summary>
internal static class UsageOptionRefusal
{
    /// <summary>The most bytes of an error's body that are searched for the option.</summary>
    /// <remarks>Errors that name the option have a few hundred bytes. A validator that lists other mistakes as well writes some thousands.</remarks>
    public const int MaxErrorLength = 16 * 1024;

    private static readonly SearchValues<byte> Letters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"u8);

    /// <summary>Gets whether the status is one with which servers refuse a member of the body.</summary>
    /// <remarks>
    /// Most send 400 or 422. Gateways wrap the refusal of the server that they call in any other status, such as 500. The statuses that are
    /// left out say that something else was wrong, or that the request was passed on and may have been billed.
    /// </remarks>
    public static bool CouldBeRefusal(HttpResponseMessage response) =>
        (int)response.StatusCode is >= 400 and not (401 or 402 or 403 or 407 or 408 or 413 or 429 or 499 or 504 or 524);

    /// <summary>Gets whether an error mentions a name of the option's path, and so probably refuses the option.</summary>
    /// <param name="body">The start of the error's body.</param>
    /// <param name="contentEncoding">The content codings of the body.</param>
    /// <param name="option">The option.</param>
    public static bool MentionsOption(ReadOnlySpan<byte> body, ICollection<string> contentEncoding, UsageRequestOption option)
    {
        ReadOnlySpan<byte> plain = Decompress(body, contentEncoding);
        var path = OptionPath.Parse(option);
        for (int level = 0; level < path.Length; level++)
        {
            if (MentionsName(plain, path.Name(level)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Gets whether a text mentions a name, other than as the name of a member in a request that it quotes.</summary>
    /// <remarks>
    /// OpenAI: "Unknown parameter: 'stream_options'." Azure before 2024-09: "Unrecognized request argument supplied: stream_options".
    /// Azure On Your Data: "Validation error at #/stream_options: Extra inputs are not permitted". Mistral, vLLM:
    /// <c>"loc":["body","stream_options"]</c>. Groq: "property 'stream_options' is unsupported". Fireworks: "Extra inputs are not
    /// permitted, field: 'stream_options'". Google: <c>Unknown name "stream_options": Cannot find field.</c> vLLM, in words: "Stream options
    /// can only be defined when `stream=True`." A validator that refuses something else may quote the request. There the name is followed
    /// by the member's value, or in Python's notation by an equals sign.
    /// </remarks>
    internal static bool MentionsName(ReadOnlySpan<byte> text, ReadOnlySpan<byte> name)
    {
        for (int position = 0; FindName(text[position..], name, out int length) is >= 0 and int start; position += start + length)
        {
            if (!IsMemberOfQuotedRequest(text[..(position + start)], text[(position + start + length)..]))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Finds a name in any case, and with or without the underscores between its words: <c>stream_options</c>, <c>streamOptions</c>,
    /// "Stream options".
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="name">The name, in lower case.</param>
    /// <param name="length">The length of the name as the text writes it.</param>
    /// <returns>The index of the name; -1 when the text does not have it.</returns>
    private static int FindName(ReadOnlySpan<byte> text, ReadOnlySpan<byte> name, out int length)
    {
        byte lowerFirst = name[0];
        byte upperFirst = (byte)char.ToUpperInvariant((char)lowerFirst);
        for (int position = 0; text[position..].IndexOfAny(lowerFirst, upperFirst) is >= 0 and int next; position++)
        {
            position += next;
            length = MeasureName(text[position..], name);
            if (length > 0)
            {
                return position;
            }
        }

        length = 0;
        return -1;
    }

    /// <summary>Gets the length of the name at the start of a text; zero when the text does not start with it.</summary>
    private static int MeasureName(ReadOnlySpan<byte> text, ReadOnlySpan<byte> name)
    {
        int length = 0;
        foreach (byte letter in name)
        {
            byte found = length < text.Length ? text[length] : default;
            if (letter == '_')
            {
                length += found is (byte)'_' or (byte)'-' or (byte)' ' ? 1 : 0;
            }
            else if (Ascii.EqualsIgnoreCase([found], [letter]))
            {
                length++;
            }
            else
            {
                return 0;
            }
        }

        return length;
    }

    /// <summary>Gets whether a name is that of a member in a request that the text quotes.</summary>
    /// <param name="before">The text before the name.</param>
    /// <param name="after">The text after the name.</param>
    private static bool IsMemberOfQuotedRequest(ReadOnlySpan<byte> before, ReadOnlySpan<byte> after)
    {
        // Python's notation, and the name of the type in Python's and Rust's: StreamOptions(…), StreamOptions { … }.
        if (after is [(byte)'=' or (byte)'(', ..] || SkipSpace(after) is [(byte)'{', ..])
        {
            return true;
        }

        // The name may have quotes, which are escaped when the request is quoted inside a JSON string.
        after = after.TrimStart((byte)'\\');
        after = SkipSpace(after is [(byte)'"' or (byte)'\'', ..] ? after[1..] : after);
        if (after is not [(byte)':', ..])
        {
            return false;
        }

        ReadOnlySpan<byte> value = SkipSpace(after[1..]);
        bool isGoMap = value.StartsWith("map["u8); // Go writes the members with spaces between them, and without quotes.
        return isGoMap || (IsAfterStartOrComma(before) && IsValueOfRequest(value));
    }

    /// <summary>Gets whether a text ends where a member of an object can begin: after the object's start, or after a comma.</summary>
    private static bool IsAfterStartOrComma(ReadOnlySpan<byte> text)
    {
        text = text.TrimEnd("\"'\\ \r\n\t"u8);
        while (text is [.., (byte)'\\', (byte)'n' or (byte)'r' or (byte)'t'])
        {
            text = text[..^2].TrimEnd("\\ "u8);
        }

        return text is [.., (byte)'{' or (byte)',' or (byte)'[' or (byte)'('];
    }

    /// <summary>Skips white space, also when it is escaped in a JSON string.</summary>
    private static ReadOnlySpan<byte> SkipSpace(ReadOnlySpan<byte> text)
    {
        text = text.TrimStart(" \r\n\t"u8);
        while (text is [(byte)'\\', (byte)'n' or (byte)'r' or (byte)'t', ..])
        {
            text = text[2..].TrimStart((byte)' ');
        }

        return text;
    }

    /// <summary>
    /// Gets whether the text after a name and a colon is the value that the request has there: true, false, null, or an object with
    /// <c>include_usage</c>. Any other text says what is wrong with the name.
    /// </summary>
    private static bool IsValueOfRequest(ReadOnlySpan<byte> text)
    {
        if (text is [(byte)'{', ..])
        {
            int end = text.IndexOf((byte)'}');
            return (end < 0 ? text : text[..end]).IndexOf("include_usage"u8) >= 0;
        }

        int wordLength = text.IndexOfAnyExcept(Letters);
        ReadOnlySpan<byte> word = wordLength < 0 ? text : text[..wordLength];
        return Ascii.EqualsIgnoreCase(word, "true"u8) || Ascii.EqualsIgnoreCase(word, "false"u8)
            || word.SequenceEqual("null"u8) || word.SequenceEqual("None"u8)
            || text.StartsWith("Some("u8); // Rust
    }

    private static ReadOnlySpan<byte> Decompress(ReadOnlySpan<byte> body, ICollection<string> contentEncoding)
    {
        if (!BodyDecompressor.TryCreate(contentEncoding, out BodyDecompressor? decompressor) || decompressor is null)
        {
            return body;
        }

        using (decompressor)
        {
            byte[] plain = new byte[MaxErrorLength];
            int length = 0;
            try
            {
                decompressor.Push(body);
                while (length < plain.Length && decompressor.Read(plain.AsSpan(length)) is > 0 and int read)
                {
                    length += read;
                }
            }
            catch (Exception exception) when (exception is InvalidDataException or InvalidOperationException)
            {
                // The bytes before the damage, or before the cut of the start, are enough to search.
            }

            return plain.AsSpan(0, length);
        }
    }
}
