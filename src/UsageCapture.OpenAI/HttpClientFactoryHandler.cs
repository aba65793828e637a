namespace UsageCapture;

/// <summary>Sends each request through the handlers that <see cref="IHttpClientFactory"/> currently uses for a client name.</summary>
/// <remarks>
/// The factory renews its handlers so that DNS changes are noticed. A client that kept one chain of handlers for its whole life would not
/// see them. The factory owns and disposes the handlers.
/// </remarks>
/// <param name="factory">The factory of the container.</param>
/// <param name="name">The name of the HTTP client whose handlers are used.</param>
internal sealed class HttpClientFactoryHandler(IHttpMessageHandlerFactory factory, string name) : HttpMessageHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        CreateInvoker().SendAsync(request, cancellationToken);

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) =>
        CreateInvoker().Send(request, cancellationToken);

    // The invoker makes the protected Send methods of the handler callable. It holds nothing that must be disposed.
    private HttpMessageInvoker CreateInvoker() => new(factory.CreateHandler(name), disposeHandler: false);
}
