namespace UsageCapture.Testing.Matching;

/// <summary>Matches text with patterns in which <c>*</c> matches any characters, slashes included, or none.</summary>
/// <remarks>The search tries all lengths for each star. Patterns are short and have one or two stars, so this is fast enough.</remarks>
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

        // The text that the star matches begins at the same index as the star, because the text before it is the same. Try each of its ends,
        // from the shortest match.
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
