using System.Text.Json;

namespace UsageCapture.Testing.Files;

/// <summary>The <c>request</c> member of a recording's <c>.json</c> file.</summary>
/// <remarks>
/// The defaults apply to absent members. Source-generated JSON code keeps the defaults of constructor parameters, but not those of init
/// properties. So this type is positional.
/// </remarks>
internal sealed record RequestMetadata(Uri? Url = null, string Method = "POST", JsonElement? Body = null, RequestMatch? Match = null)
{
    public static RequestMetadata From(RecordedRequest request) => new(request.Url, request.Method, request.Body, request.Match);
}
