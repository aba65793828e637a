namespace UsageCapture.Testing;

/// <summary>Thrown by <see cref="ReplayHandler"/> and <see cref="RecordingHandler"/> when no recording answers a request.</summary>
/// <remarks>The message of these handlers names the request, why no recording answers it, and how to record one.</remarks>
public sealed class UnmatchedRequestException : Exception
{
    /// <summary>Initializes a new instance with a default message.</summary>
    public UnmatchedRequestException()
    {
    }

    /// <summary>Initializes a new instance with a message.</summary>
    /// <param name="message">The request, and why no recording answers it; null for a default message.</param>
    public UnmatchedRequestException(string? message)
        : base(message)
    {
    }

    /// <summary>Initializes a new instance with a message and an inner exception.</summary>
    /// <param name="message">The request, and why no recording answers it; null for a default message.</param>
    /// <param name="innerException">The cause; null when there is none.</param>
    public UnmatchedRequestException(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
