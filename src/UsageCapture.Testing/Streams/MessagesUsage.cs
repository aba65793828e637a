using System.Text.Json.Nodes;

namespace UsageCapture.Testing.Streams;

/// <summary>The usage of a made message of Anthropic's.</summary>
internal sealed record MessagesUsage(long Input, long Output, long CacheRead, long CacheWrite)
{
    public static MessagesUsage None { get; } = new(0, 0, 0, 0);

    /// <summary>Writes it as it stands in <c>message_start</c>, where one token of the output is usual.</summary>
    public JsonObject AtStart(MessagesUsagePlacement placement) => placement == MessagesUsagePlacement.OnlyDelta
        ? None.ToJson()
        : (this with { Output = Math.Min(1, Output) }).ToJson();

    /// <summary>Writes it as it stands in <c>message_delta</c>.</summary>
    public JsonObject AtEnd(MessagesUsagePlacement placement) => placement == MessagesUsagePlacement.InputInStart
        ? new JsonObject { ["output_tokens"] = Output }
        : ToJson();

    /// <summary>Writes it as a record does.</summary>
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
