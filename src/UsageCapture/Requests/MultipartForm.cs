using System.Text;

namespace UsageCapture.Requests;

/// <summary>Reads the model from a <c>multipart/form-data</c> body (RFC 7578), and whether it asks for a stream. Uploads of audio and images are such forms.</summary>
/// <remarks>
/// <see cref="RequestBody"/> calls it. A form is a list of parts. Each part is a delimiter line, a head with the name of the field, an empty
/// line and the value:
/// <code>
/// --boundary
/// Content-Disposition: form-data; name="model"
///
/// whisper-1
/// --boundary
/// </code>
/// </remarks>
internal static class MultipartForm
{
    // In bytes. No name of a model is longer.
    private const int MaxValueLength = 256;

    // In bytes. Heads have about 100. The limit keeps the search for the end of a head short.
    private const int MaxHeadLength = 4 * 1024;

    // Forms for audio and images have about ten parts. Parts after the limit are not read.
    private const int MaxParts = 128;

    // RFC 2046 allows 70 characters. Two dashes precede them at the start of each part.
    private const int MaxDashedBoundaryLength = 2 + 70;

    private static ReadOnlySpan<byte> LineEnd => "\r\n"u8;

    private static ReadOnlySpan<byte> EmptyLine => "\r\n\r\n"u8; // The end of the last line of the head, and the line after it.

    /// <summary>Gets whether a body may be a form. A form begins with the dashes of its boundary, and JSON never does.</summary>
    public static bool CouldBeForm(ReadOnlySpan<byte> body) => body.StartsWith("--"u8);

    /// <summary>Reads the fields <c>model</c> and <c>stream</c>. When a field occurs twice, the last one counts.</summary>
    /// <param name="body">The body. The time to read it is linear in its length.</param>
    public static (string? Model, bool Streaming) Read(ReadOnlySpan<byte> body)
    {
        string? model = null;
        bool isStreaming = false;
        int firstLineEnd = body[..Math.Min(body.Length, MaxDashedBoundaryLength + LineEnd.Length)].IndexOf(LineEnd);
        if (firstLineEnd < 0)
        {
            return default; // The boundary is too long, or the body is not a form.
        }

        // The first line is the boundary with its dashes. Each later part begins with the same line.
        Span<byte> delimiter = stackalloc byte[LineEnd.Length + MaxDashedBoundaryLength];
        delimiter = delimiter[..(LineEnd.Length + firstLineEnd)];
        LineEnd.CopyTo(delimiter);
        body[..firstLineEnd].CopyTo(delimiter[LineEnd.Length..]);

        // After the last part, two dashes follow the boundary in place of a line end.
        ReadOnlySpan<byte> rest = body[firstLineEnd..];
        for (int parts = 0; parts < MaxParts && rest.StartsWith(LineEnd); parts++)
        {
            rest = rest[LineEnd.Length..];
            int headEnd = rest[..Math.Min(rest.Length, MaxHeadLength)].IndexOf(EmptyLine);
            if (headEnd < 0)
            {
                break;
            }

            ReadOnlySpan<byte> head = rest[..headEnd];
            rest = rest[(headEnd + EmptyLine.Length)..];
            int valueEnd = rest.IndexOf(delimiter);
            if (valueEnd < 0)
            {
                break;
            }

            ReadOnlySpan<byte> value = rest[..valueEnd];
            rest = rest[(valueEnd + delimiter.Length)..];
            if (value.Length <= MaxValueLength && IsNamed(head, "model"u8))
            {
                model = value.IsEmpty ? null : Encoding.UTF8.GetString(value);
            }
            else if (IsNamed(head, "stream"u8))
            {
                isStreaming = Ascii.EqualsIgnoreCase(value, "true"u8);
            }
        }

        return (model, isStreaming);
    }

    /// <summary>Gets whether the head of a part names this field. .NET writes the name without quotes, other clients with quotes.</summary>
    /// <remarks>
    /// The parameter <c>name</c> is searched in the whole head, and in lower case only, as known clients write it. When another head has it by
    /// chance, the record has a wrong model or none; nothing else depends on it.
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
