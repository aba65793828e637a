namespace UsageCapture;

/// <summary>How an exchange ended.</summary>
public enum UsageOutcome
{
    /// <summary>The protocol said that the response was done, or its body ended as it should.</summary>
    Completed,

    /// <summary>The caller disposed of the response before its end.</summary>
    Abandoned,

    /// <summary>The caller's cancellation token fired.</summary>
    Canceled,

    /// <summary>The connection or the body broke.</summary>
    Faulted,

    /// <summary>An error was reported inside a response whose status code promised success.</summary>
    ServerError,

    /// <summary>The status code was not a success: nothing was generated, so nothing needs review.</summary>
    Rejected,
}
