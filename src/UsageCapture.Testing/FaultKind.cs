namespace UsageCapture.Testing;

/// <summary>The ways in which a replayed exchange can fail.</summary>
public enum FaultKind
{
    /// <summary>The server resets the connection. The read throws an <see cref="IOException"/> whose inner exception is the socket error.</summary>
    ConnectionReset,

    /// <summary>The server closes the connection before the body is complete. The read throws an <see cref="HttpIOException"/>.</summary>
    ConnectionClosed,

    /// <summary>The body ends early and no error is reported. The reader sees a normal end.</summary>
    Truncated,

    /// <summary>The server sends no more bytes. An asynchronous read waits until it is canceled or the response is disposed. A synchronous read throws
    /// an <see cref="InvalidOperationException"/>, because it would block forever.</summary>
    Stalled,

    /// <summary>The server never sends a response. An asynchronous request waits until it is canceled. A synchronous request throws an
    /// <see cref="InvalidOperationException"/>, because it would block forever.</summary>
    Unanswered,

    /// <summary>The server refuses the connection. The request throws an <see cref="HttpRequestException"/>.</summary>
    Unreachable,
}
