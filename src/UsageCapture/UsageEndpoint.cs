namespace UsageCapture;

/// <summary>What the address of a call says about it.</summary>
/// <param name="Provider">Who answers, by the OpenTelemetry names for <c>gen_ai.provider.name</c> where there is one.</param>
/// <param name="Operation">What is asked for, by the OpenTelemetry names for <c>gen_ai.operation.name</c> where there is one.</param>
public sealed record UsageEndpoint(string Provider, string Operation)
{
    /// <summary>Gets the model, where the path names it; null where the request's body does.</summary>
    public string? Model { get; init; }

    /// <summary>Gets the deployment of the path, where the API has such; null elsewhere.</summary>
    public string? Deployment { get; init; }

    /// <summary>Gets the version of the API that the query asks for; null when it asks for none.</summary>
    public string? ApiVersion { get; init; }

    /// <summary>Gets whether the address asks for a stream; false where the request's body says so.</summary>
    public bool Streaming { get; init; }
}
