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

    /// <summary>Returns the usage object of a chunk in the middle of a stream.</summary>
    /// <param name="candidatesSoFar">The output tokens so far. Values above the final count are reduced to it.</param>
    public JsonObject ToPartialJson(long candidatesSoFar)
    {
        long candidates = Math.Min(candidatesSoFar, Candidates);
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

    /// <summary>Returns the expected counts of the usage record. Its output includes the thoughts, which Google counts separately.</summary>
    public JsonObject ToExpected() =>
        SyntheticRecording.CreateExpectedUsage(Prompt, Cached, Candidates + (Thoughts ?? 0), Thoughts);
}
