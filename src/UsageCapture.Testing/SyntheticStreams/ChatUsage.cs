using System.Text.Json.Nodes;

namespace UsageCapture.Testing.SyntheticStreams;

/// <summary>The usage of a synthetic chat completion. Counts that are null are not reported.</summary>
internal sealed record ChatUsage(long Prompt, long Completion, long? Cached, long? Reasoning)
{
    /// <summary>Returns the usage object of OpenAI's API, with the final counts.</summary>
    public JsonObject ToJson() => ToJson(Completion);

    /// <summary>Returns the usage object in the middle of a stream, after the given number of output tokens.</summary>
    public JsonObject ToJson(long completion)
    {
        completion = Math.Min(completion, Completion);
        var usage = new JsonObject
        {
            ["prompt_tokens"] = Prompt,
            ["completion_tokens"] = completion,
            ["total_tokens"] = Prompt + completion,
        };
        if (Cached is not null)
        {
            usage["prompt_tokens_details"] = new JsonObject { ["cached_tokens"] = Cached };
        }

        if (Reasoning is not null)
        {
            usage["completion_tokens_details"] = new JsonObject { ["reasoning_tokens"] = Math.Min(Reasoning.Value, completion) };
        }

        return usage;
    }

    /// <summary>Returns the expected counts of the usage record.</summary>
    public JsonObject ToExpected() => SyntheticRecording.CreateExpectedUsage(Prompt, Cached, Completion, Reasoning);
}
