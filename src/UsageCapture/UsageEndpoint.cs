namespace UsageCapture;

/// <summary>What the address of a call says about it. <see cref="UsageProvider.Describe"/> returns it. Immutable.</summary>
public sealed record UsageEndpoint
{
    /// <summary>Gets the name of the provider, such as <c>openai</c>, for <see cref="UsageRecord.Provider"/>.</summary>
    /// <value>A value of the OpenTelemetry attribute <c>gen_ai.provider.name</c>, or a similar name when there is none.</value>
    public required string Provider { get; init; }

    /// <summary>Gets the kind of operation, such as <c>chat</c>, for <see cref="UsageRecord.Operation"/>.</summary>
    /// <value>A value of the OpenTelemetry attribute <c>gen_ai.operation.name</c>, or a similar name when there is none.</value>
    public required string Operation { get; init; }

    /// <summary>Gets the model in the path; null when the path has none, usually because the request's body names the model.</summary>
    public string? Model { get; init; }

    /// <summary>Gets the deployment in the path; null when the API has no deployments.</summary>
    public string? Deployment { get; init; }

    /// <summary>Gets the version of the API in the query, such as <c>2024-10-21</c>; null when the query has none.</summary>
    public string? ApiVersion { get; init; }

    /// <summary>Gets the region in the address, such as <c>us-east-1</c>, for <see cref="UsageRecord.Region"/>; null when the address has none.</summary>
    public string? Region { get; init; }

    /// <summary>Gets whether the address asks for a stream. False when it does not, or when the request's body decides that.</summary>
    public bool Streaming { get; init; }
}
