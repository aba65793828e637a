namespace UsageCapture.Exchanges;

/// <summary>Where an exchange stands. The table is in <see cref="ExchangeRecorder"/>.</summary>
internal enum ExchangeState
{
    /// <summary>The request's path did not tell the API, and the response has not told it yet.</summary>
    Unrecognized,

    /// <summary>The API is known, and the response has not ended.</summary>
    Reading,

    /// <summary>The caller has left. The handler reads on in the background, because usage may still come.</summary>
    Draining,

    /// <summary>The record has been published, or there is none to publish.</summary>
    Ended,
}
