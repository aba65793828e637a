namespace UsageCapture.Exchanges;

/// <summary>Stands outside the handlers that retry and hedge, and marks each request, so that its attempts know each other.</summary>
/// <remarks>The mark is among the request's options, which are copied where a request is. A scope of the caller's own goes before it.</remarks>
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
        if (request.Method == HttpMethod.Post && UsageScope.Current is null && CallAttempts.Of(request) is null)
        {
            new CallAttempts(ExchangeStart.NewId(timeProvider.GetUtcNow()), attempts: 0).Mark(request);
        }
    }
}
