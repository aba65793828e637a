namespace UsageCapture.Exchanges;

/// <summary>Counts the attempts at one call: the exchanges of its retries and hedges.</summary>
/// <remarks>It travels in the request's options: there it stays when the request is sent again, and it is copied when the request is copied.</remarks>
/// <param name="id">The id of the call, which the records of all attempts have.</param>
/// <param name="attempts">The number of attempts that have begun already.</param>
internal sealed class CallAttempts(Guid id, int attempts)
{
    private static readonly HttpRequestOptionsKey<CallAttempts> Key = new("UsageCapture.Call");

    private int _attempts = attempts;

    public Guid Id => id;

    /// <summary>Gets the call that a request is an attempt at; null when the request is not marked.</summary>
    public static CallAttempts? Find(HttpRequestMessage request) =>
        OwnRequestOptions.TryGet(request, Key);

    /// <summary>Marks a request as an attempt at this call.</summary>
    public void Mark(HttpRequestMessage request) => OwnRequestOptions.Set(request, Key, this);

    /// <summary>Begins an attempt.</summary>
    /// <returns>The number of the attempt, from one up.</returns>
    public int BeginAttempt() => Interlocked.Increment(ref _attempts);
}
