using System.Text.Json.Serialization;

namespace UsageCapture.Testing.Files;

/// <summary>Sidecars: snake_case, and no member that is not known, for a misspelled expectation would expect nothing.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectRequiredConstructorParameters = false,
    Converters = [typeof(FaultKindConverter)])]
[JsonSerializable(typeof(RecordingFile))]
internal sealed partial class RecordingFileJson : JsonSerializerContext;
