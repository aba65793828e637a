using System.Text.Json.Nodes;

namespace UsageCapture.Testing.SyntheticStreams;

/// <summary>The usage of a synthetic Anthropic message, as token counts. Input does not include cache reads and writes.</summary>
internal sealed record MessagesUsage(long Input, long Output, long CacheRead, long CacheWrite)
{
    /// <summary>Gets the usage of a message for which the test sets none. Anthropic always reports usage.</summary>
    public static MessagesUsage Zero { get; } = new(0, 0, 0, 0);

    /// <summary>Returns the usage object of <c>message_start</c>, the first event. Anthropic usually reports one output token there.</summary>
    public JsonObject ToStartJson(MessagesUsagePlacement placement) => placement == MessagesUsagePlacement.OnlyDelta
        ? Zero.ToJson()
        : (this with { Output = Math.Min(1, Output) }).ToJson();

    /// <summary>Returns the usage object of <c>message_delta</c>, the event with the stop reason.</summary>
    public JsonObject ToDeltaJson(MessagesUsagePlacement placement) => placement == MessagesUsagePlacement.InputInStart
        ? new JsonObject { ["output_tokens"] = Output }
        : ToJson();

    /// <summary>Returns the expected counts of the usage record. Its input includes cache reads and writes.</summary>
    public JsonObject ToExpected() => new()
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
