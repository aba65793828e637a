using System.Text;

namespace UsageCapture.Testing.Har;

/// <summary>A request in an HTTP archive. <paramref name="PostData"/> is null if it has no body.</summary>
internal sealed record HarRequest(string Method, Uri Url, IReadOnlyList<HarHeader>? Headers = null, HarContent? PostData = null)
{
    /// <summary>Returns the body. Archives hold request bodies as plain text, never as base64.</summary>
    public byte[] GetBody() => Encoding.UTF8.GetBytes(PostData?.Text ?? "");
}
