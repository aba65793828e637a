namespace UsageCapture.Testing.Matching;

/// <summary>Matches text with patterns in which <c>*</c> stands for any characters, slashes included, or none.</summary>
internal static class WildcardPattern
{
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

        ReadOnlySpan<char> restOfPattern = pattern[(star + 1)..];
        for (int start = star; start <= text.Length; start++)
        {
            if (Matches(restOfPattern, text[start..]))
            {
                return true;
            }
        }

        return false;
    }
}
