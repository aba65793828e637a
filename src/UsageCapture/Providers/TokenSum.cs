namespace UsageCapture.Providers;

/// <summary>Adds up token counts that may be unknown.</summary>
internal static class TokenSum
{
    /// <summary>Adds up the counts that are known. A sum is known when at least one of its parts is, because servers omit zeros.</summary>
    /// <param name="counts">Counts that do not overlap: no token is in two of them. An unknown count is null.</param>
    /// <returns>Null when no count is known. A sum above <see cref="long.MaxValue"/>, as of a hostile list, is <see cref="long.MaxValue"/>.</returns>
    public static long? OfKnown(params ReadOnlySpan<long?> counts)
    {
        long? sum = null;
        foreach (long? count in counts)
        {
            sum = TokenUsage.AddOrMax(sum, count);
        }

        return sum;
    }
}
