namespace UsageCapture.Providers;

/// <summary>Joins the counts of two usage objects of one response. Servers that send several usage objects may leave counts out of the last one.</summary>
internal static class LaterCounts
{
    /// <summary>Replaces the counts that a later usage object has. Zero and an unknown count do not replace a count.</summary>
    /// <param name="earlier">The counts that were recorded before.</param>
    /// <param name="later">The counts of the later object. The total of the earlier object is kept only when the later one changes neither input nor output.</param>
    public static TokenUsage Apply(in TokenUsage earlier, in TokenUsage later)
    {
        long? input = Pick(earlier.InputTokens, later.InputTokens);
        long? output = Pick(earlier.OutputTokens, later.OutputTokens);
        bool isSameSum = input == earlier.InputTokens && output == earlier.OutputTokens;
        return new TokenUsage
        {
            InputTokens = input,
            CachedInputTokens = Pick(earlier.CachedInputTokens, later.CachedInputTokens),
            CacheWriteTokens = Pick(earlier.CacheWriteTokens, later.CacheWriteTokens),
            CacheWrite5mTokens = Pick(earlier.CacheWrite5mTokens, later.CacheWrite5mTokens),
            CacheWrite1hTokens = Pick(earlier.CacheWrite1hTokens, later.CacheWrite1hTokens),
            OutputTokens = output,
            ReasoningTokens = Pick(earlier.ReasoningTokens, later.ReasoningTokens),
            InputAudioTokens = Pick(earlier.InputAudioTokens, later.InputAudioTokens),
            InputImageTokens = Pick(earlier.InputImageTokens, later.InputImageTokens),
            CachedInputAudioTokens = Pick(earlier.CachedInputAudioTokens, later.CachedInputAudioTokens),
            CachedInputImageTokens = Pick(earlier.CachedInputImageTokens, later.CachedInputImageTokens),
            OutputAudioTokens = Pick(earlier.OutputAudioTokens, later.OutputAudioTokens),
            OutputImageTokens = Pick(earlier.OutputImageTokens, later.OutputImageTokens),
            AcceptedPredictionTokens = Pick(earlier.AcceptedPredictionTokens, later.AcceptedPredictionTokens),
            RejectedPredictionTokens = Pick(earlier.RejectedPredictionTokens, later.RejectedPredictionTokens),
            TotalTokens = isSameSum ? Pick(earlier.TotalTokens, later.TotalTokens) : later.TotalTokens,
            ServerToolRequests = Pick(earlier.ServerToolRequests, later.ServerToolRequests),
            ReportedCost = later.ReportedCost ?? earlier.ReportedCost,
        };
    }

    private static long? Pick(long? earlier, long? later) => later is null || (later == 0 && earlier > 0) ? earlier : later;
}
