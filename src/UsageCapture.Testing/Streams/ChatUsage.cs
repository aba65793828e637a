using System.Text.Json.Nodes;

namespace UsageCapture.Testing.Streams;

/// <summary>The usage of a made chat.</summary>
internal sealed record ChatUsage(long Prompt, long Completion, long? Cached, long? Reasoning)
{
    /// <summary>Writes it as OpenAI does.</summary>
    public JsonObject ToJson() => ToJson(Completion);

    /// <summary>Writes it as it stands when so many tokens of the output have come.</summary>
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

    /// <summary>Writes it as a record does.</summary>
    public JsonObject ToExpected() => MadeRecording.ExpectedUsage(Prompt, Cached, Completion, Reasoning);
}
