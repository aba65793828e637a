namespace UsageCapture.Exchanges;

/// <summary>Counts the attempts at one call: its first request, retries, and hedges, which are parallel requests for the same call.</summary>
/// <remarks>
/// It is stored in the request's options. A handler that sends the request again finds it there, and a copy of the request has it too. So
/// all attempts share one instance. Some handlers copy a request without its options. Such a copy is an attempt at the call in whose flow of
/// execution it is sent, when it has the same address and body. Thread-safe.
/// </remarks>
/// <param name="id">The id of the call. It becomes the <see cref="UsageRecord.CallId"/> of all attempts.</param>
/// <param name="attemptCount">The number of attempts that have already begun.</param>
internal sealed class CallAttempts(Guid id, int attemptCount)
{
    private static readonly HttpRequestOptionsKey<CallAttempts> Key = new("UsageCapture.Call");

    // The call in whose flow of execution the handlers of the client run; null outside of a call.
    private static readonly AsyncLocal<CallAttempts?> CurrentCall = new();

    private int _attemptCount = attemptCount;

    // The address and body of the first attempt; null before it, and after the call is over, because a body can be large.
    private FirstRequest? _firstRequest;
    private volatile bool _hasEnded;

    /// <summary>Gets the id of the call.</summary>
    public Guid Id => id;

    /// <summary>Gets or sets the call in whose flow of execution the handlers of the client run; null outside of a call.</summary>
    public static CallAttempts? Current
    {
        get => CurrentCall.Value;
        set => CurrentCall.Value = value;
    }

    /// <summary>Gets the attempts at the call that a request was marked with; null when it was not marked.</summary>
    public static CallAttempts? FromRequest(HttpRequestMessage request) =>
        LibraryRequestOptions.Find(request, Key);

    /// <summary>Gets the attempts at the call that a request belongs to: it was marked, or it is a copy of a marked request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="address">The address of the request.</param>
    /// <param name="body">The body of the request; null when it was not read as a whole. The request is not taken for a copy then.</param>
    /// <returns>Null when the request belongs to no known call.</returns>
    public static CallAttempts? Find(HttpRequestMessage request, Uri address, ReadOnlyMemory<byte>? body) =>
        !LibraryRequestOptions.AnyWasSet ? null
        : FromRequest(request) ?? (body is { } bytes && Current is { } call && call.IsCopyOfFirstRequest(address, bytes) ? call : null);

    /// <summary>Marks a request, so that sending it, or sending it again, is an attempt at this call.</summary>
    public void MarkAsAttempt(HttpRequestMessage request) => LibraryRequestOptions.Set(request, Key, this);

    /// <summary>Begins an attempt.</summary>
    /// <param name="address">The address of its request.</param>
    /// <param name="body">The body of its request; null when it was not read as a whole.</param>
    /// <returns>The number of the attempt, counted from 1.</returns>
    public int BeginAttempt(Uri address, ReadOnlyMemory<byte>? body)
    {
        if (_firstRequest is null && body is { } bytes && Current == this)
        {
            Interlocked.CompareExchange(ref _firstRequest, new FirstRequest(address, bytes), null);
            if (_hasEnded)
            {
                _firstRequest = null;
            }
        }

        return Interlocked.Increment(ref _attemptCount);
    }

    /// <summary>Notes that the caller has its response, so that no more copies are looked for.</summary>
    public void End()
    {
        _hasEnded = true;
        _firstRequest = null;
    }

    private bool IsCopyOfFirstRequest(Uri address, ReadOnlyMemory<byte> body) =>
        _firstRequest is { } first && first.Address == address && first.Body.Span.SequenceEqual(body.Span);

    /// <summary>The first attempt's request.</summary>
    private sealed record FirstRequest(Uri Address, ReadOnlyMemory<byte> Body);
}
