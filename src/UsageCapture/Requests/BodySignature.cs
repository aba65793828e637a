using System.Buffers;
using System.Net.Http.Headers;

namespace UsageCapture.Requests;

/// <summary>Detects a signature or a digest of a request's body. Such a body must not be changed, because the server would reject it.</summary>
internal static class BodySignature
{
    // A header with one of these texts in its name carries a signature or a digest: Content-MD5 (RFC 1864), Digest (RFC 3230),
    // Content-Digest and Repr-Digest (RFC 9530), Signature (RFC 9421), x-amz-content-sha256 (AWS), x-ms-content-sha256 (Azure), and
    // the headers of gateways, such as X-Hub-Signature or X-Hmac.
    private static readonly SearchValues<string> NameParts =
        SearchValues.Create(["signature", "hmac", "digest", "content-md5", "content-sha256"], StringComparison.OrdinalIgnoreCase);

    /// <summary>Gets whether a header of the request, or of its content, says that the body is signed or digested.</summary>
    public static bool IsPresent(HttpRequestMessage request) =>
        HasSignature(request.Headers.NonValidated)
        || (request.Content is { } content && HasSignature(content.Headers.NonValidated));

    private static bool HasSignature(HttpHeadersNonValidated headers)
    {
        foreach ((string name, HeaderStringValues values) in headers)
        {
            bool isSigned = name.Equals("Authorization", StringComparison.OrdinalIgnoreCase)
                ? IsSignatureScheme(values.ToString())
                : !IsCommon(name) && name.AsSpan().ContainsAny(NameParts);
            if (isSigned)
            {
                return true;
            }
        }

        return false;
    }

    // Most requests have these headers, and comparing a whole name is faster than searching for parts. HttpClient returns known names in
    // this spelling.
    private static bool IsCommon(string name) => name is "Content-Type" or "Content-Length" or "Accept" or "User-Agent" or "Host";

    // AWS4-HMAC-SHA256 and AWS4-ECDSA-P256-SHA256 of AWS, HMAC-SHA256 of Azure, Signature of the drafts before RFC 9421.
    private static bool IsSignatureScheme(ReadOnlySpan<char> authorization)
    {
        int length = authorization.IndexOf(' ');
        ReadOnlySpan<char> scheme = length < 0 ? authorization : authorization[..length];
        return scheme.StartsWith("AWS4-", StringComparison.OrdinalIgnoreCase) || scheme.ContainsAny(NameParts);
    }
}
