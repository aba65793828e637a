using System.Text;

namespace UsageCapture.Testing.Har;

/// <summary>A request in an HTTP archive.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Url">The absolute address.</param>
/// <param name="Headers">The headers; null if there are none.</param>
/// <param name="PostData">The body; null if the request has none.</param>
internal sealed record HarRequest(string Method, Uri Url, IReadOnlyList<HarHeader>? Headers = null, HarContent? PostData = null)
{
    /// <summary>Returns the body; an empty array if there is none. HAR 1.2 has request bodies as plain text only, never as base64.</summary>
    public byte[] GetBody() => Encoding.UTF8.GetBytes(PostData?.Text ?? "");
}
