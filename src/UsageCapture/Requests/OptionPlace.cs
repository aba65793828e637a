using System.Text.Json;

namespace UsageCapture.Requests;

/// <summary>The deepest value on the path of a request option that a body has. The default value says that the body has none.</summary>
/// <param name="Kind">The value's first token; <see cref="JsonTokenType.None"/> when there is no value.</param>
/// <param name="Level">The place of the value's name in the path, from zero up.</param>
/// <param name="IsWholePath">Whether the value is that of the option itself.</param>
/// <param name="Start">Where the value begins.</param>
/// <param name="Length">The length of the value.</param>
/// <param name="IsEmptyObject">Whether the value is an object without members.</param>
internal readonly record struct OptionPlace(JsonTokenType Kind, int Level, bool IsWholePath, int Start, int Length, bool IsEmptyObject);
