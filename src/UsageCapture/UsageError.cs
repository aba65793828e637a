namespace UsageCapture;

/// <summary>The code, type and parameter of an error that a server reported.</summary>
/// <remarks>The error message is not kept, because it may quote a prompt or a key. In the records of the handler, values are cut after 128 characters.</remarks>
public sealed record UsageError
{
    /// <summary>Gets the provider's error code, such as <c>rate_limit_exceeded</c> or <c>429</c>; null when there is none.</summary>
    public string? Code { get; init; }

    /// <summary>Gets the provider's error type, such as <c>invalid_request_error</c>; null when there is none.</summary>
    public string? Type { get; init; }

    /// <summary>Gets the name of the request parameter that caused the error; null when the provider names none.</summary>
    public string? Parameter { get; init; }
}
