using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>
/// Reads the <c>timings</c> of a llama.cpp server, which sends them also in streams that do not ask for usage.
/// </summary>
internal static class LlamaTimings
{
    // The names in llama.cpp: "n" is a number of tokens.
    private static readonly CountReader<Count> Reader = new(
        ("cache_n", Count.Cached), ("prompt_n", Count.Uncached), ("predicted_n", Count.Output));

    private enum Count
    {
        /// <summary>The part of the prompt that was in the cache. Older servers do not report it. Then the whole prompt is unknown.</summary>
        Cached,

        /// <summary>The part of the prompt that was processed.</summary>
        Uncached,
        Output,
    }

    /// <summary>Reads the counts.</summary>
    /// <param name="json">The JSON text of the timings; empty when the document has none.</param>
    /// <returns>Null when the server does not report all counts.</returns>
    public static TokenUsage? Read(ReadOnlySpan<byte> json)
    {
        if (json is not [(byte)'{', ..])
        {
            return null;
        }

        // A sum with an unknown part is null.
        UsageCounts<Count> counts = Reader.Read(json);
        return counts[Count.Cached] + counts[Count.Uncached] is { } input && counts[Count.Output] is { } output
            ? new TokenUsage { InputTokens = input, CachedInputTokens = counts[Count.Cached], OutputTokens = output }
            : null;
    }
}
