namespace UsageCapture.Testing;

/// <summary>Thrown when no recording answers a request. The message names the recordings, why each does not match, and how to record one.</summary>
public sealed class UnmatchedRequestException : Exception
{
    /// <summary>Initializes a new instance with a default message.</summary>
    public UnmatchedRequestException()
    {
    }

    /// <summary>Initializes a new instance with a message.</summary>
    /// <param name="message">The recordings, and why each does not match.</param>
    public UnmatchedRequestException(string message)
        : base(message)
    {
    }

    /// <summary>Initializes a new instance with a message and an inner exception.</summary>
    /// <param name="message">The recordings, and why each does not match.</param>
    /// <param name="innerException">The cause.</param>
    public UnmatchedRequestException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
