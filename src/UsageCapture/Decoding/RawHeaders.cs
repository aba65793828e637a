using System.Net.Http.Headers;

namespace UsageCapture.Decoding;

/// <summary>Reads headers of a content without changing them.</summary>
/// <remarks>
/// The typed properties of <see cref="HttpContentHeaders"/> parse a header at the first read, and from then on the collection holds the
/// parsed value instead of the text that it was given. A caller that reads <see cref="HttpHeaders.NonValidated"/> must find the text that the
/// server sent, and a server the text that the caller set.
/// </remarks>
internal static class RawHeaders
{
    /// <summary>Gets the content type, such as <c>text/event-stream; charset=utf-8</c>; null when there is none or it is invalid.</summary>
    public static MediaTypeHeaderValue? GetContentType(HttpContentHeaders headers) =>
        headers.NonValidated.TryGetValues("Content-Type", out HeaderStringValues values)
        && MediaTypeHeaderValue.TryParse(values.ToString(), out MediaTypeHeaderValue? type)
            ? type
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
