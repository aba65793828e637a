using System.Text.Json.Nodes;

namespace UsageCapture.Testing.SyntheticStreams;

/// <summary>The usage of a synthetic chat completion, as token counts. Counts that are null are not reported.</summary>
/// <param name="Prompt">The input tokens, cached ones included.</param>
/// <param name="Completion">The output tokens, reasoning included.</param>
/// <param name="Cached">The input tokens that were read from the cache.</param>
/// <param name="Reasoning">The reasoning tokens.</param>
internal sealed record ChatUsage(long Prompt, long Completion, long? Cached, long? Reasoning)
{
    /// <summary>Returns the usage object of OpenAI's API, with the final counts.</summary>
    public JsonObject ToJson() => ToPartialJson(Completion);

    /// <summary>Returns the usage object of a chunk in the middle of a stream.</summary>
    /// <param name="completionSoFar">The output tokens so far. Values above the final count are reduced to it.</param>
    public JsonObject ToPartialJson(long completionSoFar)
    {
        long completion = Math.Min(completionSoFar, Completion);
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
            // Reasoning is part of the output, so it cannot be more than the output so far.
            usage["completion_tokens_details"] = new JsonObject { ["reasoning_tokens"] = Math.Min(Reasoning.Value, completion) };
        }

        return usage;
    }

    /// <summary>Returns the counts that the usage record must have.</summary>
    public JsonObject ToExpectedUsage() =>
        SyntheticRecordingFactory.CreateExpectedUsage(input: Prompt, cached: Cached, output: Completion, reasoning: Reasoning);
}
