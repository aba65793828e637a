namespace UsageCapture.Providers;

/// <summary>Reads the parts of a request's address. Comparisons ignore case, because gateways change the case.</summary>
/// <remarks>
/// Paths are compared with their escapes, because a model's name in a path may contain escaped slashes and colons.
/// <see cref="GetSegmentAfter"/> and <see cref="GetQueryValue"/> decode escapes. The other methods return the text as it was sent.
/// </remarks>
internal static class AddressParts
{
    /// <summary>Gets the path without slashes at its end.</summary>
    public static ReadOnlySpan<char> GetPath(Uri address) => address.AbsolutePath.AsSpan().TrimEnd('/');

    /// <summary>Gets whether the path ends with a text.</summary>
    /// <param name="address">The address.</param>
    /// <param name="suffix">The text. It begins with a slash or a colon, so that whole segments are compared.</param>
    public static bool EndsWith(Uri address, string suffix) => GetPath(address).EndsWith(suffix, StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// Gets the segment that follows a marker, such as the deployment in <c>/openai/deployments/my-gpt/chat/completions</c>.
    /// </summary>
    /// <param name="address">The address.</param>
    /// <param name="marker">
    /// The text before the segment, with a slash at its start and its end. A gateway may have a path of its own before it. The first
    /// occurrence counts.
    /// </param>
    /// <param name="delimiter">
    /// A second character that ends the segment, such as the colon in <c>/models/gemini-2.0:generateContent</c>. By default, only a slash
    /// ends it.
    /// </param>
    /// <returns>
    /// Null when the path does not have the marker, when the segment is empty, or when it is the last one. The segment of a model or a
    /// deployment is never the last one, because the operation follows it.
    /// </returns>
    public static string? GetSegmentAfter(Uri address, string marker, char delimiter = '/')
    {
        string path = address.AbsolutePath;
        int markerStart = path.IndexOf(marker, StringComparison.OrdinalIgnoreCase);
        if (markerStart < 0)
        {
            return null;
        }

        ReadOnlySpan<char> afterMarker = path.AsSpan(markerStart + marker.Length);
        int length = afterMarker.IndexOfAny('/', delimiter);
        return length <= 0 ? null : Uri.UnescapeDataString(afterMarker[..length]);
    }

    /// <summary>Gets the value of a query parameter; null when the query has no such parameter or no value for it.</summary>
    /// <remarks>Escapes are decoded. A plus sign stays, because it means a space only in HTML forms (RFC 3986).</remarks>
    public static string? GetQueryValue(Uri address, string name) =>
        TryGetRawQueryValue(address.Query.AsSpan().TrimStart('?'), name, out ReadOnlySpan<char> value) ? Uri.UnescapeDataString(value) : null;

    /// <summary>Finds the value of a query parameter, with its escapes.</summary>
    /// <param name="query">The query without its question mark.</param>
    /// <param name="name">The name of the parameter.</param>
    /// <param name="value">The value; empty when the query does not have it.</param>
    /// <returns>False when the query does not have the parameter, or has it without an equals sign.</returns>
    public static bool TryGetRawQueryValue(ReadOnlySpan<char> query, string name, out ReadOnlySpan<char> value)
    {
        foreach (Range range in query.Split('&'))
        {
            ReadOnlySpan<char> pair = query[range];
            int equalsSign = pair.IndexOf('=');
            if (equalsSign > 0 && pair[..equalsSign].Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                value = pair[(equalsSign + 1)..];
                return true;
            }
        }

        value = default;
        return false;
    }
}
