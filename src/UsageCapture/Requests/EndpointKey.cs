namespace UsageCapture.Requests;

/// <summary>The key under which <see cref="RefusingEndpoints"/> remembers that an endpoint refused the option that asks for usage.</summary>
/// <remarks>It contains everything that decides whether a server accepts the option.</remarks>
/// <param name="Host">The host.</param>
/// <param name="Port">The port.</param>
/// <param name="Path">The path. For Azure OpenAI it contains the name of the deployment.</param>
/// <param name="ApiVersion">The API version in the query of the address; null when there is none.</param>
/// <param name="Model">The model in the request's body; null when there is none. A gateway may accept the option for one model and refuse it for another.</param>
internal readonly record struct EndpointKey(string Host, int Port, string Path, string? ApiVersion, string? Model)
{
    /// <summary>Creates the key of a request.</summary>
    /// <param name="address">The absolute address.</param>
    /// <param name="apiVersion">The API version in the query; null when there is none.</param>
    /// <param name="model">The model in the body; null when there is none.</param>
    public static EndpointKey Create(Uri address, string? apiVersion, string? model) =>
        new(address.Host, address.Port, address.AbsolutePath, apiVersion, model);
}
