using UsageCapture.Delivery;
using UsageCapture.Exchanges;

namespace UsageCapture;

/// <summary>Tells the handler about a single request: tags of its usage record, its caller's token, or that it has no record.</summary>
public static class UsageCaptureHttpRequestMessageExtensions
{
    private static readonly HttpRequestOptionsKey<TagSet> TagsKey = new("UsageCapture.Tags");
    private static readonly HttpRequestOptionsKey<object> CancellationTokenKey = new("UsageCapture.CancellationToken");
    private static readonly HttpRequestOptionsKey<object> ExcludedKey = new("UsageCapture.Excluded");

    // The value of ExcludedKey. Only its presence counts.
    private static readonly object ExcludedMark = new();

    /// <summary>Adds or replaces tags of the request's record, its <see cref="UsageRecord.Tags"/>: <c>request.SetUsageTags(("tenant", "acme"))</c>.</summary>
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
        TagSet earlierTags = GetUsageTags(request) ?? TagSet.Empty;
        LibraryRequestOptions.Set(request, TagsKey, earlierTags.With(tags));
        return request;
    }

    /// <summary>Sets the token with which the caller cancels the call, for a client that does not pass this token to its reads of the response.</summary>
    /// <param name="request">The request. The token is kept in its <see cref="HttpRequestMessage.Options"/>.</param>
    /// <param name="cancellationToken">The caller's token.</param>
    /// <returns>The same request.</returns>
    /// <remarks>
    /// <para>
    /// Some SDKs read with a token of their own. When their caller cancels between two reads, they only dispose the response. Without this token,
    /// the record's <see cref="UsageRecord.Outcome"/> is <see cref="UsageOutcome.Abandoned"/>, and with it
    /// <see cref="UsageOutcome.Canceled"/>. It does not cancel anything. <c>UseUsageCapture</c> of <c>UsageCapture.OpenAI</c> sets it.
    /// </para>
    /// <para>Call it before the request is sent. Like the request itself, it is not thread-safe.</para>
    /// </remarks>
    /// <exception cref="ArgumentNullException"><paramref name="request"/> is null.</exception>
    public static HttpRequestMessage SetUsageCancellationToken(this HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        LibraryRequestOptions.Set(request, CancellationTokenKey, cancellationToken);
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
        LibraryRequestOptions.Set(request, ExcludedKey, ExcludedMark);
        return request;
    }

    /// <summary>Gets whether a request leaves no record.</summary>
    internal static bool IsExcludedFromUsageCapture(HttpRequestMessage request) => LibraryRequestOptions.Find(request, ExcludedKey) is not null;

    /// <summary>Gets the caller's token of a request; the default value when it has none.</summary>
    internal static CancellationToken GetUsageCancellationToken(HttpRequestMessage request) =>
        LibraryRequestOptions.Find(request, CancellationTokenKey) is CancellationToken token ? token : default;

    /// <summary>Gets the tags of a request; null when it has none.</summary>
    internal static TagSet? GetUsageTags(HttpRequestMessage request) => LibraryRequestOptions.Find(request, TagsKey);
}
