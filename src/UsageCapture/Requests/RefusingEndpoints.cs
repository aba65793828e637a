using System.Collections.Concurrent;

namespace UsageCapture.Requests;

/// <summary>The endpoints that have refused the option that asks for usage. Each is remembered for an hour, because servers are updated.</summary>
internal sealed class RefusingEndpoints
{
    // The caller chooses paths and models, so their number must be bounded.
    internal const int MaxEndpoints = 1_000;

    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<RefusingEndpoint, DateTimeOffset> _until = new();

    // The dictionary takes locks to tell whether it is empty, and every request asks.
    private volatile bool _wasUsed;

    /// <summary>Gets whether no endpoint was ever added.</summary>
    public bool IsEmpty => !_wasUsed;

    /// <summary>Gets whether an endpoint is remembered at this instant.</summary>
    public bool Contains(in RefusingEndpoint endpoint, DateTimeOffset now)
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

    /// <summary>Remembers an endpoint. When there are too many, the oldest is removed.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="now">The instant.</param>
    /// <param name="until">The instant until which it is remembered.</param>
    /// <returns>Whether it was not remembered yet.</returns>
    public bool Add(in RefusingEndpoint endpoint, DateTimeOffset now, out DateTimeOffset until)
    {
        until = now + Lifetime;
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
