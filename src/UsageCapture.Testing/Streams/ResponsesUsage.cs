using System.Text.Json.Nodes;

namespace UsageCapture.Testing.Streams;

/// <summary>The usage of a made response of OpenAI's Responses.</summary>
internal sealed record ResponsesUsage(long Input, long Output, long Cached, long Reasoning)
{
    public JsonObject ToJson() => new()
    {
        ["input_tokens"] = Input,
        ["input_tokens_details"] = new JsonObject { ["cached_tokens"] = Cached },
        ["output_tokens"] = Output,
        ["output_tokens_details"] = new JsonObject { ["reasoning_tokens"] = Reasoning },
        ["total_tokens"] = Input + Output,
    };

    /// <summary>Writes it as a record does.</summary>
    public JsonObject ToExpected() => MadeRecording.ExpectedUsage(Input, Cached, Output, Reasoning);
}
