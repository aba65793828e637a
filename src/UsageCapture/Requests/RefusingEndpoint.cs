namespace UsageCapture.Requests;

/// <summary>An endpoint, with everything that decides whether it accepts the option that asks for usage.</summary>
/// <param name="Host">The host.</param>
/// <param name="Port">The port.</param>
/// <param name="Path">The path, which has the deployment where there is one.</param>
/// <param name="ApiVersion">The version that the query asks for; null when it asks for none.</param>
/// <param name="Model">The model that the body names; null when it names none. Behind a gateway one model may accept what another refuses.</param>
internal readonly record struct RefusingEndpoint(string Host, int Port, string Path, string? ApiVersion, string? Model)
{
    public static RefusingEndpoint Create(Uri address, string? apiVersion, string? model) =>
        new(address.Host, address.Port, address.AbsolutePath, apiVersion, model);
}
