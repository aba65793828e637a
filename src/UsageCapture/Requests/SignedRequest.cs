using System.Net.Http.Headers;

namespace UsageCapture.Requests;

/// <summary>Tells whether a request carries a signature or a digest of its body. Such a body must not be changed.</summary>
internal static class SignedRequest
{
    // Headers whose name alone says it. Names that contain "signature" or "hmac" are found by that.
    private static readonly string[] DigestHeaders =
    [
        "Content-MD5", // RFC 1864
        "Digest", // RFC 3230
        "Content-Digest", // RFC 9530
        "Repr-Digest", // RFC 9530
        "x-amz-content-sha256", // AWS Signature Version 4
        "x-ms-content-sha256", // Azure App Configuration and Communication Services
    ];

    /// <summary>Gets whether a header of the request, or of its content, says that the body is signed or digested.</summary>
    public static bool HasSignature(HttpRequestMessage request) =>
        HasSignature(request.Headers.NonValidated)
        || (request.Content is { } content && HasSignature(content.Headers.NonValidated));

    private static bool HasSignature(HttpHeadersNonValidated headers)
    {
        foreach ((string name, HeaderStringValues values) in headers)
        {
            bool isSigned = name.Equals("Authorization", StringComparison.OrdinalIgnoreCase)
                ? IsSignatureScheme(values.ToString())
                : MentionsSignature(name) || IsDigestHeader(name);
            if (isSigned)
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsDigestHeader(string name)
    {
        foreach (string digestHeader in DigestHeaders)
        {
            if (name.Equals(digestHeader, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    // AWS4-HMAC-SHA256 and AWS4-ECDSA-P256-SHA256 of AWS, HMAC-SHA256 of Azure, Signature of the drafts before RFC 9421.
    private static bool IsSignatureScheme(ReadOnlySpan<char> authorization)
    {
        int length = authorization.IndexOf(' ');
        ReadOnlySpan<char> scheme = length < 0 ? authorization : authorization[..length];
        return scheme.StartsWith("AWS4-", StringComparison.OrdinalIgnoreCase) || MentionsSignature(scheme);
    }

    private static bool MentionsSignature(ReadOnlySpan<char> name) =>
        name.Contains("signature", StringComparison.OrdinalIgnoreCase) || name.Contains("hmac", StringComparison.OrdinalIgnoreCase);
}
