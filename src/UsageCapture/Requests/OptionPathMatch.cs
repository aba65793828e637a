using System.Text.Json;

namespace UsageCapture.Requests;

/// <summary>How far a request's body contains the path of a request option: the deepest value that the body has on this path.</summary>
/// <remarks>
/// For the option <c>stream_options.include_usage</c> and the body <c>{"stream_options":{}}</c>, the deepest value is the empty object of
/// <c>stream_options</c>, at segment 0. The default value means that the body has no value on the path.
/// </remarks>
/// <param name="Kind">The value's first token; <see cref="JsonTokenType.None"/> when there is no value.</param>
/// <param name="SegmentIndex">The index of the value's name among the segments of the path, from zero up.</param>
/// <param name="IsWholePath">Whether the value is the option itself.</param>
/// <param name="Start">The offset of the value in bytes, from the first byte of the JSON text.</param>
/// <param name="Length">The length of the value in bytes.</param>
/// <param name="IsEmptyObject">Whether the value is an object without members.</param>
internal readonly record struct OptionPathMatch(JsonTokenType Kind, int SegmentIndex, bool IsWholePath, int Start, int Length, bool IsEmptyObject);
