namespace UsageCapture.Exchanges;

/// <summary>Gives each request a call id, so that all attempts at the call have the same <see cref="UsageRecord.CallId"/>.</summary>
/// <remarks>
/// It is the outermost handler of a client. Handlers inside it may retry a request or send copies of it in parallel (hedges). Copies have the
/// options of the request, and so its mark. Inside a <see cref="UsageScope"/>, records have the id of the scope. The mark then gives only
/// <see cref="UsageRecord.Attempt"/>: the hedges of one call are numbered, and another call in the scope begins at 1 again.
/// </remarks>
/// <param name="timeProvider">The clock. The id contains the time.</param>
internal sealed class CallIdHandler(TimeProvider timeProvider) : DelegatingHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Mark(request);
        return base.SendAsync(request, cancellationToken);
    }

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Mark(request);
        return base.Send(request, cancellationToken);
    }

    private void Mark(HttpRequestMessage request)
    {
        // Only POST requests let a model generate. A request that is marked already is an attempt at an outer call.
        if (request.Method == HttpMethod.Post && CallAttempts.FromRequest(request) is null)
        {
            new CallAttempts(ExchangeStart.NewId(timeProvider.GetUtcNow()), attempts: 0).Mark(request);
        }
    }
}
