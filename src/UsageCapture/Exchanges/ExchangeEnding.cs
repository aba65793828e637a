namespace UsageCapture.Exchanges;

/// <summary>How the transport of an exchange ended. A status code or an error in the body is not considered.</summary>
/// <param name="Outcome">The outcome of the transport. <see cref="ExchangeVerdict"/> replaces it when the status code or the body says otherwise.</param>
/// <param name="BodyIsComplete">Whether the body was read to its end.</param>
/// <param name="WasNeverSent">Whether the connection failed before the request was sent, so that the server generated nothing.</param>
internal readonly record struct ExchangeEnding(UsageOutcome Outcome, bool BodyIsComplete = false, bool WasNeverSent = false)
{
    /// <summary>Creates the ending of an exchange whose request or response failed.</summary>
    /// <param name="exception">The failure.</param>
    /// <param name="isCanceled">Whether the caller's token caused the failure.</param>
    public static ExchangeEnding Failed(Exception exception, bool isCanceled)
    {
        // These errors occur while the connection is made. All other errors may occur after the request was sent.
        bool wasNeverSent = exception is HttpRequestException
        {
            HttpRequestError: HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError
                or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError,
        };
        return new ExchangeEnding(isCanceled ? UsageOutcome.Canceled : UsageOutcome.Faulted, WasNeverSent: wasNeverSent);
    }
}
