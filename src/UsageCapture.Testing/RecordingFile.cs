using System.Text.Json;

namespace UsageCapture.Testing;

/// <summary>The sidecar of a recording, as it stands in its <c>.json</c> file.</summary>
/// <param name="SchemaVersion">The version of this form.</param>
/// <param name="Description">What the recording shows, for people.</param>
/// <param name="Request">The request.</param>
/// <param name="Response">The head of the response.</param>
/// <param name="Expected">The members that the usage record must have.</param>
internal sealed record RecordingFile(
    int SchemaVersion, string? Description, RecordedRequest Request, RecordedResponse Response, JsonElement? Expected);
