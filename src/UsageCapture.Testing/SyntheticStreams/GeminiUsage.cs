using System.Text.Json.Nodes;

namespace UsageCapture.Testing.SyntheticStreams;

/// <summary>The usage of a synthetic Gemini response, as token counts. Counts that are null are not reported.</summary>
/// <param name="Prompt">The input tokens, cached ones included.</param>
/// <param name="Candidates">The output tokens without thoughts.</param>
/// <param name="Cached">The input tokens that were read from the cache.</param>
/// <param name="Thoughts">The tokens of the thoughts.</param>
internal sealed record GeminiUsage(long Prompt, long Candidates, long? Cached, long? Thoughts)
{
    /// <summary>Returns the usage object of Google's API, with the final counts.</summary>
    public JsonObject ToJson() => ToPartialJson(Candidates);

    /// <summary>Returns the usage object of a chunk in the middle of a stream. Thoughts come before the answer, so their count is final.</summary>
    /// <param name="outputTokensSoFar">The output tokens without thoughts so far. Values above the final count are reduced to it.</param>
    public JsonObject ToPartialJson(long outputTokensSoFar)
    {
        long candidates = Math.Min(outputTokensSoFar, Candidates);
        var usage = new JsonObject
        {
            ["promptTokenCount"] = Prompt,
            ["candidatesTokenCount"] = candidates,
            ["totalTokenCount"] = Prompt + candidates + (Thoughts ?? 0),
        };
        if (Cached is not null)
        {
            usage["cachedContentTokenCount"] = Cached;
        }

        if (Thoughts is not null)
        {
            usage["thoughtsTokenCount"] = Thoughts;
        }

        return usage;
    }

    /// <summary>Returns the counts that the usage record must have. The record counts thoughts as output; Google counts them separately.</summary>
    public JsonObject ToExpectedUsage() => SyntheticRecordingFactory.CreateExpectedUsage(
        input: Prompt, cached: Cached, output: Candidates + (Thoughts ?? 0), reasoning: Thoughts);
}
