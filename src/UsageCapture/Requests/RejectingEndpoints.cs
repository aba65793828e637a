using System.Collections.Concurrent;

namespace UsageCapture.Requests;

/// <summary>The endpoints that were seen to refuse <c>stream_options</c>, for a while: servers are updated.</summary>
internal sealed class RejectingEndpoints
{
    // Paths and models are the caller's and may be any number.
    internal const int MaxEndpoints = 1_000;

    private static readonly TimeSpan Memory = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<RejectingEndpoint, DateTimeOffset> _until = new();

    // The dictionary locks itself to tell whether it is empty, and it is asked for every request.
    private volatile bool _wasUsed;

    /// <summary>Gets whether nothing was ever remembered, so that nothing has to be asked.</summary>
    public bool IsEmpty => !_wasUsed;

    /// <summary>Gets whether an endpoint is known to refuse at this instant.</summary>
    public bool Contains(in RejectingEndpoint endpoint, DateTimeOffset now)
    {
        if (!_until.TryGetValue(endpoint, out DateTimeOffset until))
        {
            return false;
        }

        if (now < until)
        {
            return true;
        }

        _until.TryRemove(KeyValuePair.Create(endpoint, until));
        return false;
    }

    /// <summary>Remembers an endpoint; where there are too many, the one that was remembered first is forgotten.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="now">The instant.</param>
    /// <param name="until">Until when it is remembered.</param>
    /// <returns>Whether it was not known yet.</returns>
    public bool Add(in RejectingEndpoint endpoint, DateTimeOffset now, out DateTimeOffset until)
    {
        until = now + Memory;
        if (!_until.TryAdd(endpoint, until))
        {
            return false;
        }

        _wasUsed = true;
        while (_until.Count > MaxEndpoints)
        {
            _until.TryRemove(_until.MinBy(remembered => remembered.Value));
        }

        return true;
    }
}
