using System.Text.Json;
using System.Text.Json.Serialization;

namespace UsageCapture.Delivery;

/// <summary>Writes the values of an enumeration as words in snake_case and reads them back.</summary>
/// <remarks>A value that has no name is written as its number. So writing a record never fails.</remarks>
internal sealed class SnakeCaseEnumConverter<TEnum>() : JsonStringEnumConverter<TEnum>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: true)
    where TEnum : struct, Enum;
