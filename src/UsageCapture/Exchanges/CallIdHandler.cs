namespace UsageCapture.Exchanges;

/// <summary>Gives each request a call id, so that all attempts at the call have the same <see cref="UsageRecord.CallId"/>.</summary>
/// <remarks>
/// It is the outermost handler of a client. Handlers inside it may retry a request or send it several times in parallel. Inside a
/// <see cref="UsageScope"/>, records have the id of the scope, so requests are not marked. A handler that sends a failed request again
/// still counts its attempts, because <see cref="UsageCaptureHandler"/> marks a request that has failed.
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
        if (request.Method == HttpMethod.Post && UsageScope.Current is null && CallAttempts.FromRequest(request) is null)
        {
            new CallAttempts(ExchangeStart.NewId(timeProvider.GetUtcNow()), attempts: 0).Mark(request);
        }
    }
}
