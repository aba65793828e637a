using System.Text.Json;
using System.Text.Json.Serialization;

namespace UsageCapture.Delivery;

/// <summary>The JSON form of records: one line, names in snake_case, durations in seconds.</summary>
/// <remarks>
/// The code is generated at build time, so it works without reflection and with native AOT. Unknown members are ignored when reading,
/// because a newer version may have written them.
/// </remarks>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip,
    RespectNullableAnnotations = true,
    Converters = [typeof(SnakeCaseEnumConverter<UsageStatus>), typeof(SnakeCaseEnumConverter<UsageOutcome>),
        typeof(SnakeCaseEnumConverter<UsageRequestState>), typeof(AnomaliesConverter),
        typeof(SecondsConverter)])]
[JsonSerializable(typeof(UsageRecord))]
[JsonSerializable(typeof(AnthropicTokenUsage))] // For its ToJson, which writes the same style.
internal sealed partial class UsageRecordJson : JsonSerializerContext;
