using System.Collections.ObjectModel;

using Microsoft.Extensions.Logging;

using UsageCapture.Telemetry;

namespace UsageCapture.Exchanges;

/// <summary>On whose behalf an exchange is made, where somebody said so or it was tried before.</summary>
/// <param name="Operation">What it is an attempt at; null when it is the only one so far.</param>
/// <param name="Attempt">Which attempt.</param>
/// <param name="Tags">The tags.</param>
/// <param name="Scope">The scope that it is counted in.</param>
internal sealed record Attribution(CallAttempts? Operation, int Attempt, IReadOnlyDictionary<string, string> Tags, UsageScope? Scope)
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
        IReadOnlyDictionary<string, string>? requestTags = UsageScope.TagsOf(request);
        if (scope is null && operation is null && requestTags is null && enrich is null)
        {
            return null;
        }

        IReadOnlyDictionary<string, string> tags = scope?.Tags ?? ReadOnlyDictionary<string, string>.Empty;
        if (requestTags is not null || enrich is not null)
        {
            tags = Merge(tags, requestTags ?? ReadOnlyDictionary<string, string>.Empty);
            tags = enrich is null ? tags : Enrich(request, enrich, tags, logger);
        }

        return new Attribution(operation, operation?.BeginAttempt() ?? 1, tags, scope);
    }

    /// <summary>Puts tags over others.</summary>
    public static Dictionary<string, string> Merge(
        IReadOnlyDictionary<string, string> tags, IEnumerable<KeyValuePair<string, string>> over)
    {
        var merged = new Dictionary<string, string>(tags, StringComparer.Ordinal);
        foreach ((string name, string value) in over)
        {
            merged[name] = value;
        }

        return merged;
    }

    private static IReadOnlyDictionary<string, string> Enrich(
        HttpRequestMessage request,
        Action<HttpRequestMessage, IDictionary<string, string>> enrich,
        IReadOnlyDictionary<string, string> tags,
        ILogger logger)
    {
        var enriched = new Dictionary<string, string>(tags, StringComparer.Ordinal);
        try
        {
            enrich(request, enriched);
            return enriched;
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
