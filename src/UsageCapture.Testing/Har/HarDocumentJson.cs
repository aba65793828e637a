using System.Text.Json.Serialization;

namespace UsageCapture.Testing.Har;

/// <summary>The JSON settings for HTTP archives: names in camelCase, unknown members ignored, because every tool adds its own.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(HarDocument))]
internal sealed partial class HarDocumentJson : JsonSerializerContext;
