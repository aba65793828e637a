namespace UsageCapture.Providers;

/// <summary>Reads the parts of a request's address. Comparisons ignore case, because gateways change the case.</summary>
/// <remarks>
/// Paths are compared with their escapes, because a model's name in a path may contain escaped slashes and colons. Values are returned
/// without escapes.
/// </remarks>
internal static class AddressParts
{
    /// <summary>Gets the path without slashes at its end.</summary>
    public static ReadOnlySpan<char> Path(Uri address) => address.AbsolutePath.AsSpan().TrimEnd('/');

    /// <summary>Gets whether the path ends with a text.</summary>
    /// <param name="address">The address.</param>
    /// <param name="end">The text. It begins with a slash or a colon, so that whole segments are compared.</param>
    public static bool EndsWith(Uri address, string end) => Path(address).EndsWith(end, StringComparison.OrdinalIgnoreCase);

    /// <summary>Gets the segment that follows a part of the path, such as a deployment's name.</summary>
    /// <param name="address">The address.</param>
    /// <param name="before">The part before the segment, with a slash at both ends.</param>
    /// <param name="end">A character that ends the segment, besides the slash.</param>
    /// <returns>Null when the path does not have the part, or when nothing follows the segment.</returns>
    public static string? Segment(Uri address, string before, char end = '/')
    {
        string path = address.AbsolutePath;
        int start = path.IndexOf(before, StringComparison.OrdinalIgnoreCase);
        if (start < 0)
        {
            return null;
        }

        ReadOnlySpan<char> rest = path.AsSpan(start + before.Length);
        int length = rest.IndexOfAny('/', end);
        return length <= 0 ? null : Uri.UnescapeDataString(rest[..length]);
    }

    /// <summary>Gets the value of a query parameter; null when the query does not have it.</summary>
    public static string? QueryValue(Uri address, string name)
    {
        ReadOnlySpan<char> query = address.Query.AsSpan().TrimStart('?');
        foreach (Range part in query.Split('&'))
        {
            ReadOnlySpan<char> pair = query[part];
            int equals = pair.IndexOf('=');
            if (equals > 0 && pair[..equals].Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return Uri.UnescapeDataString(pair[(equals + 1)..]);
            }
        }

        return null;
    }
}
