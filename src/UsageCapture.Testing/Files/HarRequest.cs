using System.Text;

namespace UsageCapture.Testing.Files;

/// <summary>A request of an archive.</summary>
internal sealed record HarRequest(string Method, Uri Url, IReadOnlyList<HarHeader>? Headers = null, HarContent? PostData = null)
{
    public byte[] Body => Encoding.UTF8.GetBytes(PostData?.Text ?? "");
}
