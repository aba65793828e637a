using System.Text.Json.Serialization;

namespace UsageCapture.Testing.Har;

/// <summary>The JSON settings for HTTP archives: names in camelCase, unknown members ignored, because every tool adds its own.</summary>
/// <remarks>Constructor parameters without a default value are required members. A file without them is not an archive.</remarks>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(HarDocument))]
internal sealed partial class HarDocumentJsonContext : JsonSerializerContext;
