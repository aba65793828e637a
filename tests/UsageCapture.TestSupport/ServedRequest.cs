using System.Text.Json;

namespace UsageCapture.TestSupport;

/// <summary>A request as the loopback server received it, and the body that it answered with.</summary>
/// <param name="Protocol">The HTTP version, such as <c>HTTP/1.1</c>.</param>
/// <param name="Target">The path and the query.</param>
/// <param name="Headers">The headers by their names, ordered, without regard to case.</param>
/// <param name="Body">The body.</param>
/// <param name="ResponseBody">The body of the response.</param>
internal sealed record ServedRequest(
    string Protocol, string Target, SortedDictionary<string, string> Headers, byte[] Body, byte[] ResponseBody)
{
    public JsonElement Json => JsonElement.Parse(Body);
}
