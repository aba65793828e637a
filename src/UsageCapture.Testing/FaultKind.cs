namespace UsageCapture.Testing;

/// <summary>The ways in which a response can fail, or a request before there is one.</summary>
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

    /// <summary>The server does not answer: sending waits until its token fires.</summary>
    Unanswered,

    /// <summary>The server cannot be reached: sending throws an <see cref="HttpRequestException"/> that says so.</summary>
    Unreachable,
}
