using UsageCapture.Recognition;

namespace UsageCapture.Requests;

/// <summary>An endpoint as far as it decides whether <c>stream_options</c> is taken.</summary>
/// <param name="Host">The host.</param>
/// <param name="Port">The port.</param>
/// <param name="Path">The path, which has the deployment where there is one.</param>
/// <param name="ApiVersion">The version that the query asks for.</param>
/// <param name="Model">The model that the body names: behind a gateway one may take what another refuses.</param>
internal readonly record struct RejectingEndpoint(string Host, int Port, string Path, string? ApiVersion, string? Model)
{
    public static RejectingEndpoint Of(Uri address, Call call, string? model) =>
        new(address.Host, address.Port, address.AbsolutePath, call.Endpoint.ApiVersion, model);
}
