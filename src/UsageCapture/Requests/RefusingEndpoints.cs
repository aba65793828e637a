using System.Collections.Concurrent;

namespace UsageCapture.Requests;

/// <summary>The endpoints that have refused the option that asks for usage. Each is remembered for an hour, because servers are updated.</summary>
internal sealed class RefusingEndpoints
{
    // A key contains a path and a model, which callers choose. So the number of keys must be bounded.
    internal const int MaxEndpoints = 1_000;

    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    // The instant until which each endpoint is remembered.
    private readonly ConcurrentDictionary<EndpointKey, DateTimeOffset> _expiryByEndpoint = new();

    // Every request asks, and ConcurrentDictionary.IsEmpty may take locks.
    private volatile bool _hasBeenUsed;

    /// <summary>Gets whether no endpoint was ever added. The handler saves the look-up then.</summary>
    public bool IsUnused => !_hasBeenUsed;

    /// <summary>Gets whether an endpoint is remembered at this instant. Forgets an endpoint whose time is over.</summary>
    public bool Contains(in EndpointKey endpoint, DateTimeOffset now)
    {
        if (!_expiryByEndpoint.TryGetValue(endpoint, out DateTimeOffset until))
        {
            return false;
        }

        if (now < until)
        {
            return true;
        }

        _expiryByEndpoint.TryRemove(KeyValuePair.Create(endpoint, until));
        return false;
    }

    /// <summary>Remembers an endpoint. When there are too many, the oldest is removed.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="now">The instant.</param>
    /// <param name="until">When the result is true, the instant until which it is remembered.</param>
    /// <returns>True when it was added; false when it was remembered already, and keeps its time.</returns>
    public bool TryAdd(in EndpointKey endpoint, DateTimeOffset now, out DateTimeOffset until)
    {
        until = now + Lifetime;
        if (Contains(endpoint, now) || !_expiryByEndpoint.TryAdd(endpoint, until))
        {
            return false;
        }

        _hasBeenUsed = true;
        while (_expiryByEndpoint.Count > MaxEndpoints)
        {
            _expiryByEndpoint.TryRemove(_expiryByEndpoint.MinBy(entry => entry.Value));
        }

        return true;
    }
}
