using System.Text;

namespace UsageCapture.Requests;

/// <summary>Reads the short fields of a <c>multipart/form-data</c> body, RFC 7578, as uploads of audio and images are sent.</summary>
internal static class MultipartForm
{
    // In bytes. No name of a model is longer.
    private const int MaxValueLength = 256;

    // In bytes. Heads have about 100 bytes; a longer one would only lengthen the search for its end.
    private const int MaxHeadLength = 4 * 1024;

    // Forms for audio and images have about ten parts. A form with more is not read any further.
    private const int MaxParts = 128;

    // RFC 2046 allows 70 characters. Two dashes precede them at the start of each part.
    private const int MaxDashedBoundaryLength = 2 + 70;

    private const int LineEndLength = 2; // CR LF.

    /// <summary>Gets whether a body may be a form. A form begins with the dashes of its boundary, and JSON never does.</summary>
    public static bool CouldBeForm(ReadOnlySpan<byte> body) => body.StartsWith("--"u8);

    /// <summary>Reads the fields <c>model</c> and <c>stream</c>. When a field occurs twice, the last one counts.</summary>
    /// <param name="body">The body. The time to read it is linear in its length.</param>
    public static (string? Model, bool Streaming) Read(ReadOnlySpan<byte> body)
    {
        (string? Model, bool Streaming) form = default;
        int lineEnd = body[..Math.Min(body.Length, MaxDashedBoundaryLength + LineEndLength)].IndexOf("\r\n"u8);
        if (lineEnd < 0)
        {
            return form;
        }

        // Every part begins after a delimiter: a line end and the boundary, which is the body's first line.
        Span<byte> delimiter = stackalloc byte[LineEndLength + MaxDashedBoundaryLength];
        delimiter = delimiter[..(LineEndLength + lineEnd)];
        "\r\n"u8.CopyTo(delimiter);
        body[..lineEnd].CopyTo(delimiter[LineEndLength..]);

        ReadOnlySpan<byte> rest = body[lineEnd..];
        for (int parts = 0; parts < MaxParts && rest.StartsWith("\r\n"u8); parts++)
        {
            rest = rest[LineEndLength..];
            int headEnd = rest[..Math.Min(rest.Length, MaxHeadLength)].IndexOf("\r\n\r\n"u8);
            if (headEnd < 0)
            {
                break;
            }

            ReadOnlySpan<byte> head = rest[..headEnd];
            rest = rest[(headEnd + 4)..];
            int valueEnd = rest.IndexOf(delimiter);
            if (valueEnd < 0)
            {
                break;
            }

            ReadOnlySpan<byte> value = rest[..valueEnd];
            rest = rest[(valueEnd + delimiter.Length)..];
            if (value.Length <= MaxValueLength && IsNamed(head, "model"u8))
            {
                form.Model = value.IsEmpty ? null : Encoding.UTF8.GetString(value);
            }
            else if (IsNamed(head, "stream"u8))
            {
                form.Streaming = Ascii.EqualsIgnoreCase(value, "true"u8);
            }
        }

        return form;
    }

    /// <summary>Gets whether a part has a name. .NET writes the name without quotes, other clients with quotes.</summary>
    /// <remarks>
    /// The parameter is searched in the whole head and in lower case only, as known clients write it; a mistake costs the model's name alone.
    /// </remarks>
    private static bool IsNamed(ReadOnlySpan<byte> head, ReadOnlySpan<byte> name)
    {
        // A space or a semicolon precedes the parameter, so that filename= does not match. Both texts have the same length.
        ReadOnlySpan<byte> parameter = " name="u8;
        int start = head.IndexOf(parameter);
        start = start < 0 ? head.IndexOf(";name="u8) : start;
        if (start < 0)
        {
            return false;
        }

        ReadOnlySpan<byte> value = head[(start + parameter.Length)..];
        bool isQuoted = value is [(byte)'"', ..];
        value = isQuoted ? value[1..] : value;
        int end = isQuoted ? value.IndexOf((byte)'"') : value.IndexOfAny("; \r"u8);
        return (end < 0 ? value : value[..end]).SequenceEqual(name);
    }
}
