namespace UsageCapture;

/// <summary>
/// Whether a request asked the server to report usage in the streamed response, with <c>stream_options.include_usage</c> or a similar option,
/// who added the option, and whether the server refused it.
/// </summary>
public enum UsageRequestState
{
    /// <summary>The request did not ask for usage. The caller left the option out or set it to <see langword="false"/>, and the handler did not add it.</summary>
    /// <remarks>
    /// The handler does not add the option when <see cref="UsageCaptureOptions.UsageRequest"/> does not allow it, when the API is known not to
    /// support it, or when the request must not be changed. A body that the handler cannot read, because it is compressed, in UTF-16 or too
    /// long, counts as one that does not ask.
    /// </remarks>
    NotAsked,

    /// <summary>The caller's own request asked for usage.</summary>
    AskedByCaller,

    /// <summary>The handler added the option to the request.</summary>
    AskedByHandler,

    /// <summary>The server rejected the option, in this exchange or in an earlier one, so the caller's own request was sent.</summary>
    RefusedByServer,
}
