namespace UsageCapture.Exchanges;

/// <summary>Gives each request a call id, so that all attempts at the call have the same <see cref="UsageRecord.CallId"/>.</summary>
/// <remarks>
/// It is the outermost handler of a client. Handlers inside it may retry a request or send copies of it in parallel (hedges). Copies usually
/// have the options of the request, and so its mark. Others are recognized by <see cref="CallAttempts.Current"/>. Inside a
/// <see cref="UsageScope"/>, records have the id of the scope. The mark then gives only <see cref="UsageRecord.Attempt"/>: the hedges of one
/// call are numbered, and another call in the scope begins at 1 again.
/// </remarks>
/// <param name="timeProvider">The clock. The id contains the time.</param>
internal sealed class CallIdHandler(TimeProvider timeProvider) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        CallAttempts? call = Begin(request); // The caller does not see the current call, because this method is async.
        try
        {
            return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            call?.End();
        }
    }

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        CallAttempts? outer = CallAttempts.Current;
        CallAttempts? call = Begin(request);
        try
        {
            return base.Send(request, cancellationToken);
        }
        finally
        {
            call?.End();
            CallAttempts.Current = outer;
        }
    }

    /// <summary>Marks a request as the first one of a call, and makes the call the current one.</summary>
    /// <returns>The call; null when the request is not the beginning of one.</returns>
    private CallAttempts? Begin(HttpRequestMessage request)
    {
        // Only POST requests let a model generate. A request that is marked already is an attempt at an outer call.
        if (request.Method != HttpMethod.Post || CallAttempts.FromRequest(request) is not null)
        {
            return null;
        }

        var call = new CallAttempts(ExchangeStart.NewId(timeProvider.GetUtcNow()), attemptCount: 0);
        call.MarkAsAttempt(request);
        CallAttempts.Current = call;
        return call;
    }
}
