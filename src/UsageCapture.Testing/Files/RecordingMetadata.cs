using System.Text.Json;
using System.Text.Json.Serialization;

namespace UsageCapture.Testing.Files;

/// <summary>The content of a recording's <c>.json</c> file: everything but the body.</summary>
/// <remarks>
/// Only <see cref="RecordingSerializer"/> uses this type. The serializer checks the members, fills in the defaults, and converts the metadata
/// from and to a <see cref="Recording"/>. The file <c>recording.schema.json</c> describes each member.
/// </remarks>
internal sealed record RecordingMetadata
{
    /// <summary>Gets the version of the file format. A file without a version is rejected before this type is created.</summary>
    public int SchemaVersion { get; init; }

    /// <summary>Gets a text for readers; null if there is none.</summary>
    public string? Description { get; init; }

    /// <summary>Gets the request that the recording answers. Null if the file has none: the serializer rejects it with a message of its own.</summary>
    public RequestMetadata? Request { get; init; }

    /// <summary>Gets the status, the headers and the delivery of the body; null for status 200, with no headers.</summary>
    public ResponseMetadata? Response { get; init; }

    /// <summary>Gets the members of the usage record that the test expects; null to compare nothing.</summary>
    public JsonElement? Expected { get; init; }

    /// <summary>Gets the address of the JSON schema of the file. Only editors use it; the version decides how the file is read.</summary>
    [JsonPropertyName("$schema")]
    public string? Schema { get; init; }
}
