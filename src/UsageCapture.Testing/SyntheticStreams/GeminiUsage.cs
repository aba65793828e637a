using System.Text.Json.Nodes;

namespace UsageCapture.Testing.SyntheticStreams;

/// <summary>The usage of a synthetic Gemini response. Counts that are null are not reported.</summary>
internal sealed record GeminiUsage(long Prompt, long Candidates, long? Cached, long? Thoughts)
{
    /// <summary>Returns the usage object of Google's API, with the final counts.</summary>
    public JsonObject ToJson() => ToJson(Candidates);

    /// <summary>Returns the usage object in the middle of a stream, after the given number of output tokens.</summary>
    public JsonObject ToJson(long candidates)
    {
        candidates = Math.Min(candidates, Candidates);
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
    public JsonObject ToExpected() => SyntheticRecording.CreateExpectedUsage(Prompt, Cached, Candidates + (Thoughts ?? 0), Thoughts);
}
