namespace UsageCapture.Exchanges;

/// <summary>Counts the attempts at one call: its first request, retries, and hedges, which are parallel requests for the same call.</summary>
/// <remarks>
/// It is stored in the request's options. A handler that sends the request again finds it there, and a copy of the request has it too. So
/// all attempts share one instance. Thread-safe.
/// </remarks>
/// <param name="id">The id of the call. It becomes the <see cref="UsageRecord.CallId"/> of all attempts.</param>
/// <param name="attempts">The number of attempts that have already begun.</param>
internal sealed class CallAttempts(Guid id, int attempts)
{
    private static readonly HttpRequestOptionsKey<CallAttempts> Key = new("UsageCapture.Call");

    private int _attempts = attempts;

    /// <summary>Gets the id of the call.</summary>
    public Guid Id => id;

    /// <summary>Gets the attempts at the call that a request was marked with; null when it was not marked.</summary>
    public static CallAttempts? FromRequest(HttpRequestMessage request) =>
        LibraryRequestOptions.Find(request, Key);

    /// <summary>Marks a request, so that sending it is an attempt at this call.</summary>
    public void Mark(HttpRequestMessage request) => LibraryRequestOptions.Set(request, Key, this);

    /// <summary>Begins an attempt.</summary>
    /// <returns>The number of the attempt, counted from 1.</returns>
    public int BeginAttempt() => Interlocked.Increment(ref _attempts);
}
