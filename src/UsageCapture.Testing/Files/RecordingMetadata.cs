using System.Text.Json;
using System.Text.Json.Serialization;

namespace UsageCapture.Testing.Files;

/// <summary>The content of a recording's <c>.json</c> file: everything but the body.</summary>
/// <remarks>Its members and their meaning are described in <c>recording.schema.json</c>.</remarks>
internal sealed record RecordingMetadata
{
    public int SchemaVersion { get; init; }

    public string? Description { get; init; }

    public RequestMetadata? Request { get; init; }

    public ResponseMetadata? Response { get; init; }

    public JsonElement? Expected { get; init; }

    /// <summary>Gets the address of the schema. Only editors use it.</summary>
    [JsonPropertyName("$schema")]
    public string? Schema { get; init; }
}
