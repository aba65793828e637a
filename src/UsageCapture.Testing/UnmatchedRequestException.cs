namespace UsageCapture.Testing;

/// <summary>A request came that no recording answers. The message says which were looked at, what did not match, and how to record one.</summary>
public sealed class UnmatchedRequestException : Exception
{
    /// <summary>Makes an exception.</summary>
    public UnmatchedRequestException()
    {
    }

    /// <summary>Makes an exception.</summary>
    /// <param name="message">What was looked at, and why it did not match.</param>
    public UnmatchedRequestException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception.</summary>
    /// <param name="message">What was looked at, and why it did not match.</param>
    /// <param name="innerException">What led to it.</param>
    public UnmatchedRequestException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
