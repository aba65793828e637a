namespace UsageCapture;

/// <summary>How an exchange ended. An exchange is one request and its response.</summary>
public enum UsageOutcome
{
    /// <summary>The response ended regularly: with the protocol's end marker, or with the complete body.</summary>
    Completed,

    /// <summary>The caller disposed the response before its end.</summary>
    Abandoned,

    /// <summary>The caller's cancellation token was canceled, for example by a timeout.</summary>
    Canceled,

    /// <summary>The connection failed, the body was cut off, or an inner handler failed, such as a circuit breaker that stopped the request.</summary>
    Faulted,

    /// <summary>The server reported an error inside a response with a successful status code.</summary>
    ServerError,

    /// <summary>The status code was not successful.</summary>
    /// <remarks>
    /// The model generated nothing, so <see cref="UsageRecord.NeedsReview"/> is false. The exceptions are 408, 499, 502, 504 and 524: there a
    /// gateway may already have sent the request to the model, so it is true.
    /// </remarks>
    Rejected,
}
