namespace UsageCapture.Exchanges;

/// <summary>Marks each request as a call, so that the attempts that retrying and hedging handlers make of it share the call's id.</summary>
/// <remarks>It stands outside those handlers. Inside a <see cref="UsageScope"/> the scope's id counts, so it marks nothing there.</remarks>
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
        // Only POST requests make a model work.
        if (request.Method == HttpMethod.Post && UsageScope.Current is null && CallAttempts.Find(request) is null)
        {
            new CallAttempts(ExchangeStart.NewId(timeProvider.GetUtcNow()), attempts: 0).Mark(request);
        }
    }
}
