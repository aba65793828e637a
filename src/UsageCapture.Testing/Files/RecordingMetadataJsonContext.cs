using System.Text.Json.Serialization;

namespace UsageCapture.Testing.Files;

/// <summary>The JSON settings for <see cref="RecordingMetadata"/>: names in snake_case, unknown members rejected, nulls not written.</summary>
/// <remarks>Unknown members are rejected because a misspelled member would otherwise be ignored, and a test would check less than it says.</remarks>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(FaultKindConverter)])]
[JsonSerializable(typeof(RecordingMetadata))]
internal sealed partial class RecordingMetadataJsonContext : JsonSerializerContext;
