namespace UsageCapture;

/// <summary>Who asked the server to report usage in a streamed response, with an option such as <c>stream_options.include_usage</c>.</summary>
public enum UsageRequestState
{
    /// <summary>The request did not ask for usage: neither the caller nor the handler set the option to true.</summary>
    /// <remarks>
    /// The handler does not set it when <see cref="UsageCaptureOptions.UsageRequest"/> does not allow it, or when the API is known not to
    /// support it.
    /// </remarks>
    NotAsked,

    /// <summary>The caller's own request has the option.</summary>
    AskedByCaller,

    /// <summary>The handler set the option in the request.</summary>
    AskedByHandler,

    /// <summary>The server rejected the option, in this exchange or in an earlier one. The caller's request was sent as the caller wrote it.</summary>
    RefusedByServer,
}
