using System.Text.Json.Serialization;

namespace UsageCapture.Testing;

/// <summary>Reads sidecars: snake_case, and no member that is not known, for a misspelled expectation would expect nothing.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectRequiredConstructorParameters = false)]
[JsonSerializable(typeof(RecordingFile))]
internal sealed partial class RecordingFileJson : JsonSerializerContext;
