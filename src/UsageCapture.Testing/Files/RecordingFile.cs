using System.Text.Json;
using System.Text.Json.Serialization;

namespace UsageCapture.Testing.Files;

/// <summary>The sidecar of a recording, as it stands in its <c>.json</c> file.</summary>
/// <param name="SchemaVersion">The version of this form.</param>
/// <param name="Description">What the recording shows, for people.</param>
/// <param name="Request">The request.</param>
/// <param name="Response">The head of the response, and how its body travels.</param>
/// <param name="Expected">The members that the usage record must have.</param>
/// <param name="Schema">The address of the schema, for editors.</param>
internal sealed record RecordingFile(
    int SchemaVersion,
    string? Description,
    RecordedRequest? Request,
    RecordedResponse? Response,
    JsonElement? Expected,
    [property: JsonPropertyName("$schema")] string? Schema = null);
