using System.Net.Http.Headers;

namespace UsageCapture.Decoding;

/// <summary>Reads headers of a response's content without changing them.</summary>
/// <remarks>
/// The typed properties of <see cref="HttpContentHeaders"/> parse a header at the first read, and from then on the collection holds the
/// parsed value instead of the text that the server sent. A caller that reads <see cref="HttpHeaders.NonValidated"/> must find that text.
/// </remarks>
internal static class RawHeaders
{
    /// <summary>Gets the media type, such as <c>text/event-stream</c>; null when there is none or it is invalid.</summary>
    public static string? GetMediaType(HttpContentHeaders headers) =>
        headers.NonValidated.TryGetValues("Content-Type", out HeaderStringValues values)
        && MediaTypeHeaderValue.TryParse(values.ToString(), out MediaTypeHeaderValue? type)
            ? type.MediaType
            : null;

    /// <summary>Gets the content codings in the order in which they were applied.</summary>
    public static ICollection<string> GetContentEncoding(HttpContentHeaders headers)
    {
        if (!headers.NonValidated.TryGetValues("Content-Encoding", out HeaderStringValues values))
        {
            return [];
        }

        // Only a header collection splits the values at their commas. A copy is parsed, so the original keeps its text.
        using var copy = new ByteArrayContent([]);
        copy.Headers.TryAddWithoutValidation("Content-Encoding", values);
        return [.. copy.Headers.ContentEncoding];
    }
}
