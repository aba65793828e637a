namespace UsageCapture;

/// <summary>What the address of a call says about it.</summary>
public sealed record UsageEndpoint
{
    /// <summary>Gets the provider that answers, by the OpenTelemetry names for <c>gen_ai.provider.name</c> where there is one.</summary>
    public required string Provider { get; init; }

    /// <summary>Gets the operation, by the OpenTelemetry names for <c>gen_ai.operation.name</c> where there is one, as <c>chat</c>.</summary>
    public required string Operation { get; init; }

    /// <summary>Gets the model, where the path names it; null where the request's body does.</summary>
    public string? Model { get; init; }

    /// <summary>Gets the deployment in the path; null when the API has none.</summary>
    public string? Deployment { get; init; }

    /// <summary>Gets the version of the API that the query asks for; null when it asks for none.</summary>
    public string? ApiVersion { get; init; }

    /// <summary>Gets whether the address asks for a stream; false where the request's body says so.</summary>
    public bool Streaming { get; init; }
}
