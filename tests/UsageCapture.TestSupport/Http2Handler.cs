using System.Net;

namespace UsageCapture.TestSupport;

/// <summary>Sends every request over HTTP/2, also where there is no TLS to agree on it.</summary>
internal sealed class Http2Handler(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Version = HttpVersion.Version20;
        request.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
        return base.SendAsync(request, cancellationToken);
    }
}
