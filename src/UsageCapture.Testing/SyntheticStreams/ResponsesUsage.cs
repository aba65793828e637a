using System.Text.Json.Nodes;

namespace UsageCapture.Testing.SyntheticStreams;

/// <summary>The usage of a synthetic response of OpenAI's Responses API, as token counts.</summary>
/// <remarks>Input includes cached tokens, and output includes reasoning.</remarks>
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

    /// <summary>Returns the expected counts of the usage record.</summary>
    public JsonObject ToExpected() => SyntheticRecording.CreateExpectedUsage(Input, Cached, Output, Reasoning);
}
