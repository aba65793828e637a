using System.Text.Json;
using System.Text.Json.Serialization;

namespace UsageCapture.Testing.Files;

/// <summary>The content of a recording's <c>.json</c> file: everything but the body.</summary>
/// <remarks>
/// Only <see cref="RecordingSerializer"/> uses it: it checks the members, fills in the defaults, and converts it from and to a
/// <see cref="Recording"/>. The file <c>recording.schema.json</c> describes each member.
/// </remarks>
internal sealed record RecordingMetadata
{
    /// <summary>Gets the version of the file format.</summary>
    public int SchemaVersion { get; init; }

    /// <summary>Gets a text for readers; null if there is none.</summary>
    public string? Description { get; init; }

    /// <summary>Gets the request that the recording answers. It is required, so null is rejected.</summary>
    public RequestMetadata? Request { get; init; }

    /// <summary>Gets the status, the headers and the delivery of the body; null for status 200 without headers.</summary>
    public ResponseMetadata? Response { get; init; }

    /// <summary>Gets the members of the usage record that the test expects; null to compare nothing.</summary>
    public JsonElement? Expected { get; init; }

    /// <summary>Gets the address of the JSON schema of the file. Only editors use it; the version decides how the file is read.</summary>
    [JsonPropertyName("$schema")]
    public string? Schema { get; init; }
}
