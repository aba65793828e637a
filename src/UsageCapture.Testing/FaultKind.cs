namespace UsageCapture.Testing;

/// <summary>The ways in which a response can fail once its head is there.</summary>
public enum FaultKind
{
    /// <summary>The connection is reset: reading throws the <see cref="IOException"/> of a socket that was.</summary>
    Reset,

    /// <summary>The server closes the connection before the body is over: reading throws an <see cref="HttpIOException"/> that says so.</summary>
    Closed,

    /// <summary>The body ends too early, as if that were its end: nothing is thrown.</summary>
    Truncated,

    /// <summary>Nothing more comes: reading waits until its token fires or the response is disposed of.</summary>
    Stalled,
}
