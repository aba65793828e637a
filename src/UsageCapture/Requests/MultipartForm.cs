using System.Text;

namespace UsageCapture.Requests;

/// <summary>Reads the short fields of a <c>multipart/form-data</c> body, RFC 7578, as uploads of audio and images are sent.</summary>
internal static class MultipartForm
{
    // No name of a model is longer. A form with more parts or longer heads is not read any further.
    private const int MaxValue = 256;
    private const int MaxHead = 4 * 1024;
    private const int MaxParts = 128;
    private const int MaxBoundary = 70 + 2; // RFC 2046 allows 70 characters; two dashes precede them.

    /// <summary>Gets whether a body may be a form. A form begins with the dashes of its boundary, and JSON never does.</summary>
    public static bool CouldBeForm(ReadOnlySpan<byte> body) => body.StartsWith("--"u8);

    /// <summary>Reads the fields <c>model</c> and <c>stream</c>. Of a field that comes twice the last counts.</summary>
    /// <param name="body">The body. It is searched once.</param>
    public static (string? Model, bool Streaming) Read(ReadOnlySpan<byte> body)
    {
        (string? Model, bool Streaming) form = default;
        int lineEnd = body[..Math.Min(body.Length, MaxBoundary + 2)].IndexOf("\r\n"u8);
        if (lineEnd < 0)
        {
            return form;
        }

        // Every part begins after a delimiter: a line end and the boundary, which is the body's first line.
        Span<byte> delimiter = stackalloc byte[MaxBoundary + 2];
        delimiter = delimiter[..(lineEnd + 2)];
        "\r\n"u8.CopyTo(delimiter);
        body[..lineEnd].CopyTo(delimiter[2..]);

        ReadOnlySpan<byte> rest = body[lineEnd..];
        for (int parts = 0; parts < MaxParts && rest.StartsWith("\r\n"u8); parts++)
        {
            rest = rest[2..];
            int headEnd = rest[..Math.Min(rest.Length, MaxHead)].IndexOf("\r\n\r\n"u8);
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
            if (value.Length <= MaxValue && IsNamed(head, "model"u8))
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

    /// <summary>Gets whether a part has a name. .NET writes it without quotes.</summary>
    private static bool IsNamed(ReadOnlySpan<byte> head, ReadOnlySpan<byte> name)
    {
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
