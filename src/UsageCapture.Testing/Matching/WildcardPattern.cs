namespace UsageCapture.Testing.Matching;

/// <summary>Matches text with patterns in which <c>*</c> matches any characters, slashes included, or none.</summary>
/// <remarks>The search tries all lengths for each star. Patterns are short and have one or two stars, so this takes no time.</remarks>
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

        // The star can match text of any length. Try all of them, from the shortest. The text before the star is as long as in the pattern. So the
        // text that the star matches begins at the index of the star.
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
