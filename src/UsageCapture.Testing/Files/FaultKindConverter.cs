using System.Text.Json;
using System.Text.Json.Serialization;

namespace UsageCapture.Testing.Files;

/// <summary>Kinds of faults as words in snake_case, and no other.</summary>
internal sealed class FaultKindConverter() : JsonStringEnumConverter<FaultKind>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false);
