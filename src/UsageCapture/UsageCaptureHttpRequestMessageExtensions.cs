using UsageCapture.Delivery;
using UsageCapture.Exchanges;

namespace UsageCapture;

/// <summary>Adds tags to the usage record of a single request, or leaves the record out.</summary>
public static class UsageCaptureHttpRequestMessageExtensions
{
    private static readonly HttpRequestOptionsKey<TagSet> TagsKey = new("UsageCapture.Tags");

    // Only the presence of a value counts. It is a string, because LibraryRequestOptions.Find needs a class.
    private static readonly HttpRequestOptionsKey<string> ExcludedKey = new("UsageCapture.Excluded");

    /// <summary>Adds or replaces tags in the <see cref="UsageRecord.Tags"/> of the request's record: <c>request.SetUsageTags(("tenant", "acme"))</c>.</summary>
    /// <param name="request">The request. The tags are kept in its <see cref="HttpRequestMessage.Options"/>.</param>
    /// <param name="tags">
    /// Names and values. They are copied. Do not use secrets, because tags are stored and logged with the records.
    /// </param>
    /// <returns>The same request.</returns>
    /// <remarks>
    /// <para>Call it before the request is sent. Like the request itself, it is not thread-safe.</para>
    /// <para>
    /// A tag replaces a tag of the same name that the request or its <see cref="UsageScope"/> has. Other tags stay.
    /// <see cref="UsageCaptureOptions.Enrich"/> runs later and can change all of them.
    /// </para>
    /// </remarks>
    /// <exception cref="ArgumentNullException"><paramref name="request"/> is null.</exception>
    /// <exception cref="ArgumentException">The name or the value of a tag is null.</exception>
    public static HttpRequestMessage SetUsageTags(this HttpRequestMessage request, params ReadOnlySpan<(string Name, string Value)> tags)
    {
        ArgumentNullException.ThrowIfNull(request);
        TagSet before = GetUsageTags(request) ?? TagSet.Empty;

        // LibraryRequestOptions remembers that an option was set. Until the first one, the handler does not search the options of requests.
        LibraryRequestOptions.Set(request, TagsKey, before.With(tags));
        return request;
    }

    /// <summary>Makes a request pass through the handler unchanged and without a record.</summary>
    /// <param name="request">The request. The mark is kept in its <see cref="HttpRequestMessage.Options"/>.</param>
    /// <returns>The same request.</returns>
    /// <remarks>Call it before the request is sent. Like the request itself, it is not thread-safe.</remarks>
    /// <exception cref="ArgumentNullException"><paramref name="request"/> is null.</exception>
    public static HttpRequestMessage ExcludeFromUsageCapture(this HttpRequestMessage request)
    {
        ArgumentNullException.ThrowIfNull(request);
        LibraryRequestOptions.Set(request, ExcludedKey, ExcludedKey.Key);
        return request;
    }

    /// <summary>Gets whether a request leaves no record.</summary>
    internal static bool IsExcludedFromUsageCapture(HttpRequestMessage request) => LibraryRequestOptions.Find(request, ExcludedKey) is not null;

    /// <summary>Gets the tags of a request; null when it has none.</summary>
    internal static TagSet? GetUsageTags(HttpRequestMessage request) => LibraryRequestOptions.Find(request, TagsKey);
}
