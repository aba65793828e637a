namespace UsageCapture.Exchanges;

/// <summary>What several exchanges are attempts at: it counts them.</summary>
/// <param name="id">What their records have in common.</param>
/// <param name="attempts">How many were made before it was known that there would be more.</param>
internal sealed class CallAttempts(Guid id, int attempts)
{
    /// <summary>The place of an operation on a request: it stays when the request is sent again, and goes along when the options are copied.</summary>
    private static readonly HttpRequestOptionsKey<CallAttempts> Key = new("UsageCapture.Operation");

    private int _attempts = attempts;

    public Guid Id => id;

    /// <summary>Gets the operation that a request is marked with; null when it is not.</summary>
    public static CallAttempts? Of(HttpRequestMessage request) => OwnRequestOptions.TryGet(request, Key);

    /// <summary>Marks a request as an attempt at this.</summary>
    public void Mark(HttpRequestMessage request) => OwnRequestOptions.Set(request, Key, this);

    /// <summary>Begins an attempt.</summary>
    /// <returns>Its number, from one up.</returns>
    public int BeginAttempt() => Interlocked.Increment(ref _attempts);
}
