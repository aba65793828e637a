namespace UsageCapture;

/// <summary>The member of a request's JSON body that makes the server report usage in a stream.</summary>
/// <remarks>The handler adds it to requests for a stream, as <see cref="UsageCaptureOptions.UsageRequest"/> says. Immutable.</remarks>
public sealed record UsageRequestOption
{
    /// <summary>Gets where the member stands: names from the outermost on with dots between them, as <c>stream_options.include_usage</c>.</summary>
    public required string Path { get; init; }

    /// <summary>Gets the members of the body with which the server does not accept the option. A request that has one of them is not changed.</summary>
    /// <value>Empty by default.</value>
    public IReadOnlyList<string> ExcludedBy { get; init; } = [];
}
