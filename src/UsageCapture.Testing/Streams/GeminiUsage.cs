using System.Text.Json.Nodes;

namespace UsageCapture.Testing.Streams;

/// <summary>The usage of a made answer of Gemini's.</summary>
internal sealed record GeminiUsage(long Prompt, long Candidates, long? Cached, long? Thoughts)
{
    public JsonObject ToJson() => ToJson(Candidates);

    /// <summary>Writes it as it stands when so many tokens of the answer have come.</summary>
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

    /// <summary>Writes it as a record does.</summary>
    public JsonObject ToExpected() => MadeRecording.ExpectedUsage(Prompt, Cached, Candidates + (Thoughts ?? 0), Thoughts);
}
