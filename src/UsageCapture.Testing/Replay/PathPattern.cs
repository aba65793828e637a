namespace UsageCapture.Testing.Replay;

/// <summary>Paths with a <c>*</c> for anything, slashes included.</summary>
internal static class PathPattern
{
    public static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> path)
    {
        int star = pattern.IndexOf('*');
        if (star < 0)
        {
            return pattern.SequenceEqual(path);
        }

        if (!path.StartsWith(pattern[..star], StringComparison.Ordinal))
        {
            return false;
        }

        ReadOnlySpan<char> rest = pattern[(star + 1)..];
        for (int start = star; start <= path.Length; start++)
        {
            if (Matches(rest, path[start..]))
            {
                return true;
            }
        }

        return false;
    }
}
