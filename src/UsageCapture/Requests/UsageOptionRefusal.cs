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
    public static bool IsCandidate(HttpResponseMessage response) =>
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
    /// permitted, field: 'stream_options'". Google: <c>Unknown name "stream_options": Cannot find field.</c> A validator that refuses
    /// something else may quote the request. There the name is followed by the member's value, or in Python's notation by an equals sign.
    /// </remarks>
    internal static bool MentionsName(ReadOnlySpan<byte> text, ReadOnlySpan<byte> name)
    {
        for (int at = text.IndexOf(name); at >= 0; at = text.IndexOf(name))
        {
            text = text[(at + name.Length)..];
            ReadOnlySpan<byte> rest = text.TrimStart((byte)'\\'); // Quotes are escaped when the request is quoted inside a JSON string.
            bool isMember = rest is [(byte)'"' or (byte)'\'', ..]
                && rest[1..].TrimStart((byte)' ') is [(byte)':', .. var value] && IsValueOfRequest(value.TrimStart((byte)' '));
            if (!isMember && rest is not [(byte)'=', ..])
            {
                return true;
            }
        }

        return false;
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
            || word.SequenceEqual("null"u8) || word.SequenceEqual("None"u8);
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
