using System.Text;

namespace UsageCapture.Testing.Har;

/// <summary>A request in an HTTP archive.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Url">The absolute address.</param>
/// <param name="Headers">The headers; null if there are none.</param>
/// <param name="PostData">The body; null if the request has none.</param>
internal sealed record HarRequest(string Method, Uri Url, IReadOnlyList<HarHeader>? Headers = null, HarContent? PostData = null)
{
    /// <summary>Returns the body; an empty array if there is none.</summary>
    /// <remarks>Not <see cref="HarContent.GetBytes"/>, because HAR 1.2 defines no encoding for request bodies: they are always plain text.</remarks>
    public byte[] GetBody() => Encoding.UTF8.GetBytes(PostData?.Text ?? "");
}
