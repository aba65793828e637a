using System.Text.Json;

namespace UsageCapture.Testing.Files;

/// <summary>The <c>request</c> member of a recording's <c>.json</c> file.</summary>
/// <remarks>
/// A positional record, because source-generated JSON code keeps the defaults of constructor parameters for absent members, but not those of
/// init properties.
/// </remarks>
/// <param name="Url">The absolute address. Null if the file has none: <see cref="RecordingSerializer"/> rejects it.</param>
/// <param name="Method">The HTTP method.</param>
/// <param name="Body">The JSON body; null if the request had none.</param>
/// <param name="Match">Which requests the recording answers; null for similar ones, see <see cref="RequestMatch.SimilarTo"/>.</param>
internal sealed record RequestMetadata(Uri? Url = null, string Method = "POST", JsonElement? Body = null, RequestMatch? Match = null)
{
    public static RequestMetadata From(RecordedRequest request) => new(request.Url, request.Method, request.Body, request.Match);
}
