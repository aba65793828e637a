namespace UsageCapture.Exchanges;

/// <summary>What is known of a response before its body. The default value means that no response was received.</summary>
/// <param name="StatusCode">The HTTP status code; null when no response was received.</param>
/// <param name="RequestId">The id that the provider gave the request, from a header; null when it gave none.</param>
internal readonly record struct ResponseStart(int? StatusCode, string? RequestId)
{
    /// <summary>Gets whether a gateway answered from its cache, so that nothing was billed.</summary>
    public bool IsGatewayCacheHit { get; init; }

    /// <summary>Gets the cost in US dollars that a gateway reports in a header; null when it reports none.</summary>
    public decimal? ReportedCost { get; init; }

    /// <summary>Gets whether a response was received and its status code is a success.</summary>
    public bool IsSuccess => StatusCode is >= 200 and <= 299;

    /// <summary>Gets whether a response was received and its status code is not a success.</summary>
    /// <remarks>It may still be billed: see <see cref="MayHaveReachedModel"/>.</remarks>
    public bool IsRejected => StatusCode is not null && !IsSuccess;

    /// <summary>
    /// Gets whether the request may have reached the model although it failed. A gateway sends these statuses also after it passed the request
    /// on: a timeout (504, 524 of Cloudflare, and 408 of some), a broken answer (502), or a caller that left (499 of nginx). The model may
    /// then go on generating, and its tokens may be billed.
    /// </summary>
    public bool MayHaveReachedModel => StatusCode is 408 or 499 or 502 or 504 or 524;
}
