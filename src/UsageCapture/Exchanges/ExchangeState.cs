namespace UsageCapture.Exchanges;

/// <summary>The state of an exchange. <see cref="ExchangeRecorder"/> changes it; its summary has the table of transitions.</summary>
internal enum ExchangeState
{
    /// <summary>The API is unknown: no provider recognized the address, and the response has not been recognized yet.</summary>
    Unrecognized,

    /// <summary>The API is known. The caller reads the response, or waits for it.</summary>
    Reading,

    /// <summary>The caller has left the response. The rest is read in the background, because the usage is still missing.</summary>
    Draining,

    /// <summary>The record is published, or there is no record because the API stayed unknown.</summary>
    Ended,
}
