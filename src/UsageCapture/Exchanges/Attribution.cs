using Microsoft.Extensions.Logging;

using UsageCapture.Delivery;
using UsageCapture.Telemetry;

namespace UsageCapture.Exchanges;

/// <summary>On whose behalf an exchange is made, where somebody said so or it was tried before.</summary>
/// <param name="Operation">What it is an attempt at; null when it is the only one so far.</param>
/// <param name="Attempt">Which attempt.</param>
/// <param name="Tags">The tags.</param>
/// <param name="Scope">The scope that it is counted in.</param>
internal sealed record Attribution(CallAttempts? Operation, int Attempt, TagSet Tags, UsageScope? Scope)
{
    /// <summary>Finds out; null where nobody said anything.</summary>
    /// <param name="request">The request.</param>
    /// <param name="enrich">The option that adds tags.</param>
    /// <param name="logger">Where its failure is reported.</param>
    public static Attribution? Of(
        HttpRequestMessage request, Action<HttpRequestMessage, IDictionary<string, string>>? enrich, ILogger logger)
    {
        UsageScope? scope = UsageScope.Current;
        var operation = CallAttempts.Of(request);
        TagSet? requestTags = UsageCaptureHttpRequestMessageExtensions.GetUsageTags(request);
        if (scope is null && operation is null && requestTags is null && enrich is null)
        {
            return null;
        }

        var tags = TagSet.From(scope?.Tags);
        tags = requestTags is null ? tags : tags.With(requestTags);
        tags = enrich is null ? tags : Enrich(request, enrich, tags, logger);

        return new Attribution(operation, operation?.BeginAttempt() ?? 1, tags, scope);
    }

    private static TagSet Enrich(
        HttpRequestMessage request,
        Action<HttpRequestMessage, IDictionary<string, string>> enrich,
        TagSet tags,
        ILogger logger)
    {
        var enriched = new Dictionary<string, string>(tags, StringComparer.Ordinal);
        try
        {
            enrich(request, enriched);
            return TagSet.From(enriched);
        }
#pragma warning disable CA1031 // It is the user's code, and whatever it throws, the call goes on.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Log.EnrichingFailed(logger, exception, request.RequestUri!.Host, request.RequestUri.AbsolutePath);
            return tags;
        }
    }
}
