using System.Net.Http.Headers;

namespace UsageCapture.TestSupport;

/// <summary>What a response says of its body.</summary>
internal static class BodyHeaders
{
    public static HttpContentHeaders Of(string? contentType, params IEnumerable<string> codings)
    {
        HttpContentHeaders headers = new ByteArrayContent([]).Headers;
        if (contentType is not null)
        {
            headers.TryAddWithoutValidation("Content-Type", contentType);
        }

        foreach (string coding in codings)
        {
            headers.ContentEncoding.Add(coding);
        }

        return headers;
    }
}
