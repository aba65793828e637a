namespace UsageCapture;

/// <summary>What an error event or error body called itself.</summary>
/// <remarks>The error's free text is left out on purpose: it may quote a prompt or a key. Values longer than 128 characters are cut.</remarks>
public sealed record UsageError
{
    /// <summary>Gets the provider's error code, such as <c>rate_limit_exceeded</c> or <c>429</c>; null when it gave none.</summary>
    public string? Code { get; init; }

    /// <summary>Gets the provider's error type, such as <c>invalid_request_error</c>; null when it gave none.</summary>
    public string? Type { get; init; }

    /// <summary>Gets the name of the request parameter that the error is about; null when it named none.</summary>
    public string? Parameter { get; init; }
}
