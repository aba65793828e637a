namespace UsageCapture.Providers;

/// <summary>Joins the counts of two usage objects of one response. Servers that send several usage objects may leave counts out of the last one.</summary>
internal static class LaterCounts
{
    /// <summary>
    /// Replaces the counts that a later usage object has. Zero and an unknown count do not replace a count. Details of the input and the
    /// output are kept only while the count that they are a part of stays the same.
    /// </summary>
    /// <param name="earlier">The counts that were recorded before.</param>
    /// <param name="later">The counts of the later object.</param>
    public static TokenUsage Apply(in TokenUsage earlier, in TokenUsage later)
    {
        long? input = Pick(earlier.InputTokens, later.InputTokens);
        long? output = Pick(earlier.OutputTokens, later.OutputTokens);
        bool keepsInput = input == earlier.InputTokens;
        bool keepsOutput = output == earlier.OutputTokens;
        TokenUsage inputDetails = keepsInput ? earlier : default;
        TokenUsage outputDetails = keepsOutput ? earlier : default;
        return new TokenUsage
        {
            InputTokens = input,
            CachedInputTokens = Pick(inputDetails.CachedInputTokens, later.CachedInputTokens),
            CacheWriteTokens = Pick(inputDetails.CacheWriteTokens, later.CacheWriteTokens),
            CacheWrite5mTokens = Pick(inputDetails.CacheWrite5mTokens, later.CacheWrite5mTokens),
            CacheWrite1hTokens = Pick(inputDetails.CacheWrite1hTokens, later.CacheWrite1hTokens),
            InputAudioTokens = Pick(inputDetails.InputAudioTokens, later.InputAudioTokens),
            InputImageTokens = Pick(inputDetails.InputImageTokens, later.InputImageTokens),
            CachedInputAudioTokens = Pick(inputDetails.CachedInputAudioTokens, later.CachedInputAudioTokens),
            CachedInputImageTokens = Pick(inputDetails.CachedInputImageTokens, later.CachedInputImageTokens),
            OutputTokens = output,
            ReasoningTokens = Pick(outputDetails.ReasoningTokens, later.ReasoningTokens),
            OutputAudioTokens = Pick(outputDetails.OutputAudioTokens, later.OutputAudioTokens),
            OutputImageTokens = Pick(outputDetails.OutputImageTokens, later.OutputImageTokens),
            AcceptedPredictionTokens = Pick(outputDetails.AcceptedPredictionTokens, later.AcceptedPredictionTokens),
            RejectedPredictionTokens = Pick(outputDetails.RejectedPredictionTokens, later.RejectedPredictionTokens),
            TotalTokens = PickTotal(keepsInput && keepsOutput ? earlier.TotalTokens : null, later, input, output),
            ServerToolRequests = Pick(earlier.ServerToolRequests, later.ServerToolRequests),
            ReportedCost = later.ReportedCost ?? earlier.ReportedCost,
        };
    }

    private static long? Pick(long? earlier, long? later) => later is null || (later == 0 && earlier > 0) ? earlier : later;

    /// <summary>Gets the later total, except when it leaves out tokens that only the earlier object has.</summary>
    private static long? PickTotal(long? earlier, in TokenUsage later, long? input, long? output)
    {
        bool isOfLater = input == later.InputTokens && output == later.OutputTokens;
        return isOfLater || later.TotalTokens >= input + output ? Pick(earlier, later.TotalTokens) : earlier;
    }
}
