namespace UsageCapture.Exchanges;

/// <summary>How the transport of an exchange ended. A status code or an error in the body is not considered.</summary>
/// <param name="Outcome">The outcome of the transport. <see cref="ExchangeVerdict"/> replaces it when the status code or the body says otherwise.</param>
/// <param name="BodyIsComplete">Whether the body was read to its end.</param>
/// <param name="WasNeverSent">Whether the request failed before it was sent, so that the server generated nothing.</param>
internal readonly record struct ExchangeEnding(UsageOutcome Outcome, bool BodyIsComplete = false, bool WasNeverSent = false)
{
    /// <summary>Creates the ending of an exchange whose request or response failed.</summary>
    /// <param name="exception">The failure.</param>
    /// <param name="isCanceled">Whether the caller's token caused the failure.</param>
    /// <param name="requestWasSent">Whether a part of the request is known to be sent. False when it is not known.</param>
    public static ExchangeEnding Failed(Exception exception, bool isCanceled, bool requestWasSent)
    {
        // These errors occur while the connection is made. All other errors may occur after the request was sent.
        bool hasNoConnection = exception is HttpRequestException
        {
            HttpRequestError: HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError
                or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError,
        };
        bool wasNeverSent = hasNoConnection || (!requestWasSent && IsRejectedBeforeSending(exception));
        return new ExchangeEnding(isCanceled ? UsageOutcome.Canceled : UsageOutcome.Faulted, WasNeverSent: wasNeverSent);
    }

    /// <summary>Returns whether a resilience handler stopped the request: a circuit breaker, a rate limiter or a bulkhead of Polly.</summary>
    /// <remarks>
    /// They throw before they call the handler inside them. A timeout of Polly is different: the request may have been sent. The types are
    /// compared by name, because this library does not depend on Polly.
    /// </remarks>
    private static bool IsRejectedBeforeSending(Exception exception)
    {
        for (Type? type = exception.GetType(); type is not null; type = type.BaseType)
        {
            if (type.FullName is "Polly.CircuitBreaker.BrokenCircuitException"
                or "Polly.RateLimiting.RateLimiterRejectedException"
                or "Polly.RateLimit.RateLimitRejectedException" // Polly 7, as the next one.
                or "Polly.Bulkhead.BulkheadRejectedException")
            {
                return true;
            }
        }

        return false;
    }
}
