using Microsoft.Extensions.Logging;

using UsageCapture.Delivery;
using UsageCapture.Telemetry;

namespace UsageCapture.Exchanges;

/// <summary>What a request says about the call that it belongs to: tags, a scope, and which attempt it is.</summary>
/// <param name="Call">The call that the request is an attempt at; null when it was not marked as one.</param>
/// <param name="Attempt">The number of the attempt, from one up.</param>
/// <param name="Tags">The tags of the scope, the request and <see cref="UsageCaptureOptions.Enrich"/>.</param>
/// <param name="Scope">The scope that the request was sent in; null when there was none.</param>
internal sealed record Attribution(CallAttempts? Call, int Attempt, TagSet Tags, UsageScope? Scope)
{
    /// <summary>Reads the attribution of a request; null when there is nothing to attribute.</summary>
    /// <param name="request">The request.</param>
    /// <param name="enrich">The option that adds tags; null for none.</param>
    /// <param name="logger">Receives the failure of the option.</param>
    public static Attribution? Read(
        HttpRequestMessage request, Action<HttpRequestMessage, IDictionary<string, string>>? enrich, ILogger logger)
    {
        UsageScope? scope = UsageScope.Current;
        var call = CallAttempts.Find(request);
        TagSet? requestTags = UsageCaptureHttpRequestMessageExtensions.GetUsageTags(request);
        if (scope is null && call is null && requestTags is null && enrich is null)
        {
            return null;
        }

        var tags = TagSet.From(scope?.Tags);
        tags = requestTags is null ? tags : tags.With(requestTags);
        tags = enrich is null ? tags : Enrich(request, enrich, tags, logger);
        return new Attribution(call, call?.BeginAttempt() ?? 1, tags, scope);
    }

    private static TagSet Enrich(
        HttpRequestMessage request, Action<HttpRequestMessage, IDictionary<string, string>> enrich, TagSet tags, ILogger logger)
    {
        var enriched = new Dictionary<string, string>(tags, StringComparer.Ordinal);
        try
        {
            enrich(request, enriched);
            return TagSet.From(enriched);
        }
#pragma warning disable CA1031 // It is the user's code. The call goes on when it fails.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Log.EnrichingFailed(logger, exception, request.RequestUri!.Host, request.RequestUri.AbsolutePath);
            return tags;
        }
    }
}
