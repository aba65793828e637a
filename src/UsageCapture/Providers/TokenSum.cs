namespace UsageCapture.Providers;

/// <summary>Adds up token counts that may be unknown.</summary>
internal static class TokenSum
{
    /// <summary>Adds up the counts that are known.</summary>
    /// <param name="counts">Counts of different tokens.</param>
    /// <returns>Null when no count is known.</returns>
    public static long? Of(params ReadOnlySpan<long?> counts)
    {
        long? sum = null;
        foreach (long? count in counts)
        {
            sum = count is null ? sum : count + (sum ?? 0);
        }

        return sum;
    }
}
