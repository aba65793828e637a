namespace UsageCapture.Testing.Matching;

/// <summary>Matches text with patterns in which <c>*</c> stands for any characters, slashes included, or none.</summary>
internal static class WildcardPattern
{
    /// <summary>Returns whether the pattern matches the whole text, case-sensitively.</summary>
    public static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> text)
    {
        int star = pattern.IndexOf('*');
        if (star < 0)
        {
            return pattern.SequenceEqual(text);
        }

        if (!text.StartsWith(pattern[..star], StringComparison.Ordinal))
        {
            return false;
        }

        // The star can stand for text of any length. Try all of them, from the shortest.
        ReadOnlySpan<char> patternAfterStar = pattern[(star + 1)..];
        for (int starEnd = star; starEnd <= text.Length; starEnd++)
        {
            if (Matches(patternAfterStar, text[starEnd..]))
            {
                return true;
            }
        }

        return false;
    }
}
