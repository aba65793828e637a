using System.Text.Json;

namespace UsageCapture.Testing;

/// <summary>The request that a recorded response answers.</summary>
/// <param name="Url">The address that the request was sent to.</param>
/// <param name="Method">The HTTP method; <c>POST</c> where nothing else is said.</param>
/// <param name="Body">The JSON body; null when the request had none.</param>
/// <param name="Match">Which requests the recording answers in a replay; null for those that <see cref="RequestMatch.Like"/> gives.</param>
public sealed record RecordedRequest(Uri Url, string Method = "POST", JsonElement? Body = null, RequestMatch? Match = null);
