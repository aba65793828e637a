using System.Globalization;
using System.Net.Http.Headers;

using Microsoft.Extensions.Logging;

using UsageCapture.Delivery;
using UsageCapture.Telemetry;

namespace UsageCapture.Exchanges;

/// <summary>To whom and to what a request is attributed: its tags, its scope, its number among the attempts at one call, and its caller's token.</summary>
/// <param name="Call">The call that the request is one attempt of; null when no earlier handler marked the request.</param>
/// <param name="Attempt">The number of the attempt, counted from 1.</param>
/// <param name="Tags">The tags of the scope and the request, as <see cref="UsageCaptureOptions.Enrich"/> changed them; may be empty.</param>
/// <param name="Scope">The innermost scope in which the request was sent; null when there was none.</param>
/// <param name="CallerToken">The token with which the caller cancels, where an SDK passes another one to its reads; the default value when it is not known.</param>
internal sealed record Attribution(CallAttempts? Call, int Attempt, TagSet Tags, UsageScope? Scope, CancellationToken CallerToken)
{
    // No client retries more often. A header with a larger number is a mistake, and is ignored.
    private const int MaxRetries = 1000;

    /// <summary>Reads the attribution of a request, and counts the request as an attempt at its call. The handler calls it once for each request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="address">The address that the request had when it was sent. Callbacks and other handlers can change the one on the request.</param>
    /// <param name="body">The body of the request; null when it was not read as a whole.</param>
    /// <param name="enrich">The user's callback that changes tags; null for none.</param>
    /// <param name="logger">Receives a failure of the callback.</param>
    /// <returns>Null when there is no scope, no call, no tag, no token, no retry count and no callback, which is usual.</returns>
    public static Attribution? ReadAndBeginAttempt(
        HttpRequestMessage request,
        Uri address,
        ReadOnlyMemory<byte>? body,
        Action<HttpRequestMessage, IDictionary<string, string>>? enrich,
        ILogger logger)
    {
        UsageScope? scope = UsageScope.Current;
        var call = CallAttempts.Find(request, address, body);
        TagSet? requestTags = UsageCaptureHttpRequestMessageExtensions.GetUsageTags(request);
        CancellationToken callerToken = UsageCaptureHttpRequestMessageExtensions.GetUsageCancellationToken(request);
        int retries = GetRetryCount(request);
        if (scope is null && call is null && requestTags is null && enrich is null && retries == 0 && !callerToken.CanBeCanceled)
        {
            return null;
        }

        var tags = TagSet.From(scope?.Tags);
        tags = requestTags is null ? tags : tags.With(requestTags);
        tags = enrich is null ? tags : Enrich(request, address, enrich, tags, logger);

        // An SDK that counts its retries sends a new request for each. Handlers below it may send each of these requests several times.
        int attempt = (call?.BeginAttempt(address, body) ?? 1) + retries;
        return new Attribution(call, attempt, tags, scope, callerToken);
    }

    // The SDKs that Stainless generates, such as Anthropic's, say how many attempts came before.
    private static int GetRetryCount(HttpRequestMessage request) =>
        request.Headers.NonValidated.TryGetValues("x-stainless-retry-count", out HeaderStringValues text)
        && int.TryParse(text.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count < MaxRetries
            ? count
            : 0;

    private static TagSet Enrich(
        HttpRequestMessage request, Uri address, Action<HttpRequestMessage, IDictionary<string, string>> enrich, TagSet tags, ILogger logger)
    {
        var enriched = new Dictionary<string, string>(tags, StringComparer.Ordinal);
        try
        {
            enrich(request, enriched);

            // The user's code may set null in spite of the type.
            string[] withoutValue = [.. enriched.Where(tag => tag.Value is null).Select(tag => tag.Key)];
            if (withoutValue.Length == 0)
            {
                return TagSet.From(enriched); // A copy, because the callback may keep the dictionary and change it later.
            }

            Log.TagsWithoutValue(logger, address.Host, SafeText.GetPath(address), string.Join(", ", withoutValue));
            return TagSet.From(new Dictionary<string, string>(enriched.Where(tag => tag.Value is not null), StringComparer.Ordinal));
        }
#pragma warning disable CA1031 // The callback is the user's code. When it fails, the request is still sent.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Log.EnrichingFailed(logger, exception, address.Host, SafeText.GetPath(address));
            return tags;
        }
    }
}
