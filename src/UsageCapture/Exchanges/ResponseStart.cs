namespace UsageCapture.Exchanges;

/// <summary>What is known of a response before its body. The default value stands for no response.</summary>
/// <param name="StatusCode">The HTTP status code; zero when no response came.</param>
/// <param name="RequestId">The id that the provider gave the request; null when it gave none.</param>
internal readonly record struct ResponseStart(int StatusCode, string? RequestId)
{
    /// <summary>Gets whether the status code is a success.</summary>
    public bool IsSuccess => StatusCode is >= 200 and <= 299;

    /// <summary>Gets whether a response came and its status code is not a success.</summary>
    public bool IsRejected => StatusCode != 0 && !IsSuccess;
}
