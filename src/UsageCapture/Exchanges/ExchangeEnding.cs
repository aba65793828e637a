namespace UsageCapture.Exchanges;

/// <summary>How an exchange ended, as seen from outside the protocol.</summary>
/// <param name="Outcome">The outcome, unless the response itself says otherwise.</param>
/// <param name="BodyIsComplete">Whether the body was read to its end.</param>
/// <param name="WasNeverSent">Whether no connection came about, so that the server generated nothing.</param>
internal readonly record struct ExchangeEnding(UsageOutcome Outcome, bool BodyIsComplete = false, bool WasNeverSent = false)
{
    /// <summary>Describes a request or a response that failed.</summary>
    /// <param name="exception">The failure.</param>
    /// <param name="isCanceled">Whether the caller's token fired.</param>
    public static ExchangeEnding Failed(Exception exception, bool isCanceled)
    {
        bool wasNeverSent = exception is HttpRequestException
        {
            HttpRequestError: HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError
                or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError,
        };
        return new ExchangeEnding(isCanceled ? UsageOutcome.Canceled : UsageOutcome.Faulted, WasNeverSent: wasNeverSent);
    }
}
