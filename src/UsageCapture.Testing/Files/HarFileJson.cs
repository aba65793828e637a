using System.Text.Json.Serialization;

namespace UsageCapture.Testing.Files;

/// <summary>HTTP archives: camelCase, with members of every tool's own that are passed over.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(HarFile))]
internal sealed partial class HarFileJson : JsonSerializerContext;
