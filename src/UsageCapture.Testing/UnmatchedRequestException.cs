namespace UsageCapture.Testing;

/// <summary>Thrown by <see cref="ReplayHandler"/> and <see cref="RecordingHandler"/> when no recording answers a request. Their message gives the reasons, and how to record one.</summary>
public sealed class UnmatchedRequestException : Exception
{
    /// <summary>Initializes a new instance with a default message.</summary>
    public UnmatchedRequestException()
    {
    }

    /// <summary>Initializes a new instance with a message.</summary>
    /// <param name="message">The request, and why no recording answers it.</param>
    public UnmatchedRequestException(string message)
        : base(message)
    {
    }

    /// <summary>Initializes a new instance with a message and an inner exception.</summary>
    /// <param name="message">The request, and why no recording answers it.</param>
    /// <param name="innerException">The cause.</param>
    public UnmatchedRequestException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
