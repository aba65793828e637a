using System.Text.Json.Nodes;

namespace UsageCapture.Testing.SyntheticStreams;

/// <summary>The usage of a synthetic response of OpenAI's Responses API, as token counts.</summary>
/// <param name="Input">The input tokens, cached ones included.</param>
/// <param name="Output">The output tokens, reasoning included.</param>
/// <param name="Cached">The input tokens that were read from the cache.</param>
/// <param name="Reasoning">The reasoning tokens.</param>
internal sealed record ResponsesUsage(long Input, long Output, long Cached, long Reasoning)
{
    /// <summary>Returns the usage object of OpenAI's API.</summary>
    public JsonObject ToJson() => new()
    {
        ["input_tokens"] = Input,
        ["input_tokens_details"] = new JsonObject { ["cached_tokens"] = Cached },
        ["output_tokens"] = Output,
        ["output_tokens_details"] = new JsonObject { ["reasoning_tokens"] = Reasoning },
        ["total_tokens"] = Input + Output,
    };

    /// <summary>Returns the counts that the usage record must have.</summary>
    public JsonObject ToExpectedUsage() =>
        SyntheticRecordingFactory.CreateExpectedUsage(input: Input, cached: Cached, output: Output, reasoning: Reasoning);
}
