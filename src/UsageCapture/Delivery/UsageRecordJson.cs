using System.Text.Json;
using System.Text.Json.Serialization;

namespace UsageCapture.Delivery;

/// <summary>The JSON form of records: snake_case, durations in seconds, one line, readable without a runtime that can generate code.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    Converters = [typeof(SnakeCaseEnumConverter<UsageStatus>), typeof(SnakeCaseEnumConverter<UsageOutcome>),
        typeof(SnakeCaseEnumConverter<UsageRequestState>), typeof(AnomaliesConverter),
        typeof(SecondsConverter)])]
[JsonSerializable(typeof(UsageRecord))]
[JsonSerializable(typeof(AnthropicTokenUsage))]
internal sealed partial class UsageRecordJson : JsonSerializerContext;
