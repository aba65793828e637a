namespace UsageCapture.Providers;

/// <summary>Takes addresses apart as they stand, escapes and all: a model's name may contain escaped slashes and colons.</summary>
internal static class AddressParts
{
    /// <summary>Gets the path without the slashes at its end.</summary>
    public static ReadOnlySpan<char> Path(Uri address) => address.AbsolutePath.AsSpan().TrimEnd('/');

    /// <summary>Gets whether the path ends like that, in whatever case.</summary>
    /// <param name="address">The address.</param>
    /// <param name="end">The end, from a slash or a colon on.</param>
    public static bool EndsWith(Uri address, string end) => Path(address).EndsWith(end, StringComparison.OrdinalIgnoreCase);

    /// <summary>Gets the segment behind a part of the path, such as a deployment's name; null when there is none.</summary>
    /// <param name="address">The address.</param>
    /// <param name="before">What stands before it, from one slash to another.</param>
    /// <param name="end">What ends it, beside a slash.</param>
    /// <returns>The segment with its escapes undone.</returns>
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

    /// <summary>Gets the value of a parameter of the query; null when there is none of that name.</summary>
    public static string? QueryValue(Uri address, string name)
    {
        ReadOnlySpan<char> rest = address.Query.AsSpan().TrimStart('?');
        foreach (Range part in rest.Split('&'))
        {
            ReadOnlySpan<char> pair = rest[part];
            int equals = pair.IndexOf('=');
            if (equals > 0 && pair[..equals].Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return Uri.UnescapeDataString(pair[(equals + 1)..]);
            }
        }

        return null;
    }
}
