namespace UsageCapture.Providers;

/// <summary>Merges the counts of two usage objects of one response. A server that sends several usage objects may leave counts out of the last one.</summary>
internal static class UsageMerger
{
    /// <summary>
    /// Returns the later counts, and the earlier ones in place of zero and unknown counts. An earlier detail of the input or the output, such
    /// as its cached tokens, is kept only while the count that it is a part of stays the same.
    /// </summary>
    /// <param name="earlier">The counts that were recorded before.</param>
    /// <param name="later">The counts of the later object.</param>
    public static TokenUsage Merge(in TokenUsage earlier, in TokenUsage later)
    {
        long? input = PreferLater(earlier.InputTokens, later.InputTokens);
        long? output = PreferLater(earlier.OutputTokens, later.OutputTokens);
        bool keepsInput = input == earlier.InputTokens;
        bool keepsOutput = output == earlier.OutputTokens;
        TokenUsage inputDetails = keepsInput ? earlier : default;
        TokenUsage outputDetails = keepsOutput ? earlier : default;
        return new TokenUsage
        {
            InputTokens = input,
            CachedInputTokens = PreferLater(inputDetails.CachedInputTokens, later.CachedInputTokens),
            CacheWriteTokens = PreferLater(inputDetails.CacheWriteTokens, later.CacheWriteTokens),
            CacheWrite5mTokens = PreferLater(inputDetails.CacheWrite5mTokens, later.CacheWrite5mTokens),
            CacheWrite1hTokens = PreferLater(inputDetails.CacheWrite1hTokens, later.CacheWrite1hTokens),
            InputAudioTokens = PreferLater(inputDetails.InputAudioTokens, later.InputAudioTokens),
            InputImageTokens = PreferLater(inputDetails.InputImageTokens, later.InputImageTokens),
            CachedInputAudioTokens = PreferLater(inputDetails.CachedInputAudioTokens, later.CachedInputAudioTokens),
            CachedInputImageTokens = PreferLater(inputDetails.CachedInputImageTokens, later.CachedInputImageTokens),
            OutputTokens = output,
            ReasoningTokens = PreferLater(outputDetails.ReasoningTokens, later.ReasoningTokens),
            OutputAudioTokens = PreferLater(outputDetails.OutputAudioTokens, later.OutputAudioTokens),
            OutputImageTokens = PreferLater(outputDetails.OutputImageTokens, later.OutputImageTokens),
            AcceptedPredictionTokens = PreferLater(outputDetails.AcceptedPredictionTokens, later.AcceptedPredictionTokens),
            RejectedPredictionTokens = PreferLater(outputDetails.RejectedPredictionTokens, later.RejectedPredictionTokens),
            TotalTokens = PreferLaterTotal(keepsInput && keepsOutput ? earlier.TotalTokens : null, later, input, output),
            ServerToolRequests = PreferLater(earlier.ServerToolRequests, later.ServerToolRequests),
            ReportedCost = later.ReportedCost ?? earlier.ReportedCost,
        };
    }

    private static long? PreferLater(long? earlier, long? later) => later is null || (later == 0 && earlier > 0) ? earlier : later;

    /// <summary>Gets the later total, except when it leaves out tokens that only the earlier object has.</summary>
    private static long? PreferLaterTotal(long? earlier, in TokenUsage later, long? input, long? output)
    {
        bool countsAreOfLater = input == later.InputTokens && output == later.OutputTokens;
        return countsAreOfLater || later.TotalTokens >= input + output ? PreferLater(earlier, later.TotalTokens) : earlier;
    }
}
