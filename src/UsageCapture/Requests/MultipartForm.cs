using System.Text;

namespace UsageCapture.Requests;

/// <summary>Reads the short fields of a <c>multipart/form-data</c> body, RFC 7578, as uploads of audio and images are sent.</summary>
internal static class MultipartForm
{
    // In bytes. No name of a model is longer.
    private const int MaxValueLength = 256;

    // In bytes. The headers of a part have about 100 bytes. Longer ones would only lengthen the search for their end.
    private const int MaxHeadersLength = 4 * 1024;

    // Forms for audio and images have about ten parts. A form with more is not read any further.
    private const int MaxParts = 128;

    // RFC 2046 allows 70 characters. Two dashes precede them at the start of each part.
    private const int MaxDashedBoundaryLength = 2 + 70;

    private const int LineEndLength = 2; // CR LF.

    private const int BlankLineLength = 2 * LineEndLength; // The end of the last header, and the blank line after it.

    /// <summary>Gets whether a body may be a form. A form begins with the dashes of its boundary, and JSON never does.</summary>
    public static bool CouldBeForm(ReadOnlySpan<byte> body) => body.StartsWith("--"u8);

    /// <summary>Reads the fields <c>model</c> and <c>stream</c>. When a field occurs twice, the last one counts.</summary>
    /// <param name="body">The body. The time to read it is linear in its length.</param>
    public static (string? Model, bool IsStreaming) Read(ReadOnlySpan<byte> body)
    {
        (string? Model, bool IsStreaming) form = default;
        int firstLineLength = body[..Math.Min(body.Length, MaxDashedBoundaryLength + LineEndLength)].IndexOf("\r\n"u8);
        if (firstLineLength < 0)
        {
            return form;
        }

        // Every part begins after a delimiter: a line end and the boundary, which is the body's first line.
        Span<byte> delimiter = stackalloc byte[LineEndLength + MaxDashedBoundaryLength];
        delimiter = delimiter[..(LineEndLength + firstLineLength)];
        "\r\n"u8.CopyTo(delimiter);
        body[..firstLineLength].CopyTo(delimiter[LineEndLength..]);

        // After the last part, two dashes follow the delimiter instead of a line end.
        ReadOnlySpan<byte> rest = body[firstLineLength..];
        for (int parts = 0; parts < MaxParts && rest.StartsWith("\r\n"u8); parts++)
        {
            rest = rest[LineEndLength..];
            int headersLength = rest[..Math.Min(rest.Length, MaxHeadersLength)].IndexOf("\r\n\r\n"u8);
            if (headersLength < 0)
            {
                break;
            }

            ReadOnlySpan<byte> headers = rest[..headersLength];
            rest = rest[(headersLength + BlankLineLength)..];
            int valueLength = rest.IndexOf(delimiter);
            if (valueLength < 0)
            {
                break;
            }

            ReadOnlySpan<byte> value = rest[..valueLength];
            rest = rest[(valueLength + delimiter.Length)..];
            if (value.Length <= MaxValueLength && IsField(headers, "model"u8))
            {
                form.Model = value.IsEmpty ? null : Encoding.UTF8.GetString(value);
            }
            else if (IsField(headers, "stream"u8))
            {
                form.IsStreaming = Ascii.EqualsIgnoreCase(value, "true"u8);
            }
        }

        return form;
    }

    /// <summary>Gets whether a part is the field with a name. .NET writes the name without quotes, other clients with quotes.</summary>
    /// <remarks>
    /// The parameter <c>name</c> is searched in all headers of the part and in lower case only, as known clients write it. If a field is
    /// missed, only the record has no model, or does not say that a stream was asked for.
    /// </remarks>
    private static bool IsField(ReadOnlySpan<byte> headers, ReadOnlySpan<byte> name)
    {
        // A space or a semicolon precedes the parameter, so that filename= does not match. Both texts have the same length.
        ReadOnlySpan<byte> parameter = " name="u8;
        int start = headers.IndexOf(parameter);
        start = start < 0 ? headers.IndexOf(";name="u8) : start;
        if (start < 0)
        {
            return false;
        }

        ReadOnlySpan<byte> value = headers[(start + parameter.Length)..];
        bool isQuoted = value is [(byte)'"', ..];
        value = isQuoted ? value[1..] : value;
        int end = isQuoted ? value.IndexOf((byte)'"') : value.IndexOfAny("; \r"u8);
        return (end < 0 ? value : value[..end]).SequenceEqual(name);
    }
}
