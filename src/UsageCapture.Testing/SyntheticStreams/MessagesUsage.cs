using System.Text.Json.Nodes;

namespace UsageCapture.Testing.SyntheticStreams;

/// <summary>
/// The token counts of one synthetic message of Anthropic's Messages API, as a test sets them. They become the usage in its events and the
/// usage that the record must have.
/// </summary>
/// <param name="Input">The input tokens without cache reads and writes.</param>
/// <param name="Output">The output tokens.</param>
/// <param name="CacheRead">The input tokens that were read from the cache.</param>
/// <param name="CacheWrite">The input tokens that were written to the cache.</param>
internal sealed record MessagesUsage(long Input, long Output, long CacheRead, long CacheWrite)
{
    /// <summary>Gets the usage of a message for which the test sets none. Anthropic always reports usage.</summary>
    public static MessagesUsage Zero { get; } = new(0, 0, 0, 0);

    /// <summary>Returns the usage object of <c>message_start</c>, the first event.</summary>
    public JsonObject ToStartJson(MessagesUsagePlacement placement) => placement == MessagesUsagePlacement.OnlyDelta
        ? Zero.ToJson() // Gateways that do not know the counts yet send zeros.
        : (this with { Output = Math.Min(1, Output) }).ToJson(); // Anthropic usually reports one output token at the start.

    /// <summary>Returns the usage object of <c>message_delta</c>, the event with the stop reason.</summary>
    public JsonObject ToDeltaJson(MessagesUsagePlacement placement) => placement == MessagesUsagePlacement.InputOnlyInStart
        ? new JsonObject { ["output_tokens"] = Output } // The older form of Anthropic's API, which compatible services copied.
        : ToJson();

    /// <summary>Returns the counts that the usage record must have. The record counts cache reads and writes as input.</summary>
    public JsonObject ToExpectedUsage() => new()
    {
        ["input_tokens"] = Input + CacheRead + CacheWrite,
        ["cached_input_tokens"] = CacheRead,
        ["cache_write_tokens"] = CacheWrite,
        ["output_tokens"] = Output,
    };

    private JsonObject ToJson() => new()
    {
        ["input_tokens"] = Input,
        ["cache_creation_input_tokens"] = CacheWrite,
        ["cache_read_input_tokens"] = CacheRead,
        ["output_tokens"] = Output,
    };
}
