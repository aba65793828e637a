using System.Text.Json;

namespace UsageCapture.Requests;

/// <summary>How far a request's body contains the path of a request option: the deepest value that the body has on this path.</summary>
/// <remarks>
/// <see cref="RequestBody"/> decides by it where the option is inserted, or which value it replaces. For the option
/// <c>stream_options.include_usage</c> and the body <c>{"stream_options":{}}</c>, the deepest value is the empty object of
/// <c>stream_options</c>, at level 0. The default value means that the body has no value on the path.
/// </remarks>
/// <param name="FirstToken">
/// The value's first token. When there is no value, <see cref="JsonTokenType.None"/>; the other properties have no meaning then.
/// </param>
/// <param name="Level">The level of the value: the index of its name in the path, from zero up.</param>
/// <param name="IsWholePath">Whether the value is the option itself.</param>
/// <param name="Start">The offset of the value in bytes, from the first byte of the JSON text.</param>
/// <param name="Length">The length of the value in bytes.</param>
/// <param name="IsEmptyObject">Whether the value is an object without members.</param>
internal readonly record struct OptionPathMatch(JsonTokenType FirstToken, int Level, bool IsWholePath, int Start, int Length, bool IsEmptyObject)
{
    /// <summary>Gets whether the body has a value on the path.</summary>
    public bool IsFound => FirstToken != JsonTokenType.None;
}
